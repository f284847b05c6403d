// +groupName=example.com
package v1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// +kubebuilder:object:root=true
type Item struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ItemSpec `json:"spec"`
}

type ItemSpec struct {
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=63
	Names []string `json:"names"`

	// +kubebuilder:validation:items:Pattern=`^[a-z]+$`
	Lowercase []string `json:"lowercase"`

	// +kubebuilder:validation:items:Minimum=1
	// +kubebuilder:validation:items:Maximum=10
	Numbers []int32 `json:"numbers"`

	// +kubebuilder:validation:items:MinItems=1
	// +kubebuilder:validation:items:MaxItems=3
	Rows [][]string `json:"rows"`

	// +kubebuilder:validation:items:Minimum=0
	// +kubebuilder:validation:items:ExclusiveMinimum=true
	Above []int32 `json:"above"`

	// +kubebuilder:validation:items:Maximum=100
	// +kubebuilder:validation:items:ExclusiveMaximum=true
	Below []int32 `json:"below"`

	// +kubebuilder:validation:items:MultipleOf=2
	Even []int32 `json:"even"`

	// +kubebuilder:validation:items:Format=date-time
	Times []string `json:"times"`

	// +kubebuilder:validation:items:Enum=Always;Never
	Choices []string `json:"choices"`

	// +kubebuilder:validation:items:MinProperties=1
	// +kubebuilder:validation:items:MaxProperties=9
	Maps []map[string]string `json:"maps"`

	// +kubebuilder:validation:items:Type=string
	Texts []apiextensionsv1.JSON `json:"texts"`

	// +kubebuilder:validation:items:XValidation:rule="self != 'root'",message="root is taken"
	Users []string `json:"users"`

	// +kubebuilder:validation:items:XIntOrString
	Ports []intstr.IntOrString `json:"ports"`

	// +kubebuilder:validation:items:XPreserveUnknownFields
	Loose []runtime.RawExtension `json:"loose"`

	// +kubebuilder:validation:items:XEmbeddedResource
	// +kubebuilder:validation:items:XPreserveUnknownFields
	Objects []runtime.RawExtension `json:"objects"`
}
