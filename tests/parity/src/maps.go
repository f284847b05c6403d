// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:object:root=true
type Map struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec MapSpec `json:"spec"`
}

type MapSpec struct {
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=9
	Some map[string]string `json:"some"`

	// +mapType=atomic
	Whole map[string]string `json:"whole"`

	// +mapType=granular
	Fine map[string]string `json:"fine"`

	// +structType=atomic
	Pair Pair `json:"pair"`

	Unit Unit `json:"unit"`
}

type Pair struct {
	Left  string `json:"left"`
	Right string `json:"right"`
}

// +structType=atomic
// +kubebuilder:validation:MinProperties=1
type Unit struct {
	Left  string `json:"left"`
	Right string `json:"right"`
}
