// +groupName=example.com
package v1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// +kubebuilder:object:root=true
type Shape struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ShapeSpec `json:"spec"`
}

type ShapeSpec struct {
	// +kubebuilder:validation:Type=string
	Text apiextensionsv1.JSON `json:"text"`

	Duration Duration `json:"duration"`

	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Anything runtime.RawExtension `json:"anything"`

	// +kubebuilder:validation:XIntOrString
	Port intstr.IntOrString `json:"port"`

	// +kubebuilder:pruning:PreserveUnknownFields
	Loose runtime.RawExtension `json:"loose"`

	// +kubebuilder:validation:XPreserveUnknownFields
	Open Open `json:"open"`

	// +kubebuilder:validation:EmbeddedResource
	// +kubebuilder:pruning:PreserveUnknownFields
	Template runtime.RawExtension `json:"template"`

	// +kubebuilder:validation:XEmbeddedResource
	// +kubebuilder:validation:XPreserveUnknownFields
	Object runtime.RawExtension `json:"object"`
}

// +kubebuilder:validation:Type=string
type Duration struct{}

type Open struct {
	Name string `json:"name"`
}
