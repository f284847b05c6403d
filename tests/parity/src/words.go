// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// What is said of a kind.
// +kubebuilder:object:root=true
type Word struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec WordSpec `json:"spec"`
}

// What is said of a kind.
type WordSpec struct {
	// What it is called.
	//
	// Over several paragraphs.
	Name string `json:"name"`

	// +kubebuilder:title="The colour"
	Color string `json:"color"`

	// +kubebuilder:example=red
	Paint string `json:"paint"`

	// +kubebuilder:example={80,443}
	Ports []int32 `json:"ports"`

	// +kubebuilder:externalDocs:url="https://example.com/size",description="More on sizes"
	Size string `json:"size"`

	Shape Shape `json:"shape"`
}

// What it looks like.
// +kubebuilder:title=Shape
// +kubebuilder:externalDocs:url="https://example.com/shape"
type Shape struct {
	Corners int32 `json:"corners"`
}
