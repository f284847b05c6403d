// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:object:root=true
type Text struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec TextSpec `json:"spec"`
}

type TextSpec struct {
	// +kubebuilder:validation:MinLength=1
	NotEmpty string `json:"notEmpty"`

	// +kubebuilder:validation:MaxLength=63
	Short string `json:"short"`

	// +kubebuilder:validation:Pattern=`^[a-z]+$`
	Lowercase string `json:"lowercase"`

	// +kubebuilder:validation:Format=date-time
	Time string `json:"time"`

	// +kubebuilder:validation:Format=ipv4
	Address string `json:"address"`

	Choice Choice `json:"choice"`

	Policy Policy `json:"policy"`

	// +kubebuilder:validation:Enum=1;2;4
	Size int32 `json:"size"`

	Code Code `json:"code"`
}

// +kubebuilder:validation:Enum=Always;Never
type Choice string

// +k8s:enum
type Policy string

const (
	Delete Policy = "Delete"
	Retain Policy = "Retain"
)

// +kubebuilder:validation:MinLength=2
type Code string
