// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:object:root=true
type List struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ListSpec `json:"spec"`
}

type ListSpec struct {
	// +kubebuilder:validation:MinItems=1
	Some []string `json:"some"`

	// +kubebuilder:validation:MaxItems=3
	Few []string `json:"few"`

	// +k8s:maxItems=5
	Five []string `json:"five"`

	// +listType=atomic
	Whole []string `json:"whole"`

	// +listType=set
	Set []string `json:"set"`

	// +listType=map
	// +listMapKey=name
	ByName []Port `json:"byName"`

	// +listType=map
	// +listMapKey=name
	// +listMapKey=number
	ByBoth []Port `json:"byBoth"`

	// +k8s:listType=map
	// +k8s:listMapKey=name
	Keyed []Port `json:"keyed"`
}

type Port struct {
	Name   string `json:"name"`
	Number int32  `json:"number"`
}
