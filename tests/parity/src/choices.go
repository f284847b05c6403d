// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:object:root=true
type Choice struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ChoiceSpec `json:"spec"`
}

type ChoiceSpec struct {
	Either Either `json:"either"`

	AtMost AtMost `json:"atMost"`

	AtLeast AtLeast `json:"atLeast"`
}

// +kubebuilder:validation:ExactlyOneOf=tls;plainText
type Either struct {
	Tls       *string `json:"tls,omitempty"`
	PlainText *string `json:"plainText,omitempty"`
}

// +kubebuilder:validation:AtMostOneOf=tls;plainText
type AtMost struct {
	Tls       *string `json:"tls,omitempty"`
	PlainText *string `json:"plainText,omitempty"`
}

// +kubebuilder:validation:AtLeastOneOf=tls;plainText
type AtLeast struct {
	Tls       *string `json:"tls,omitempty"`
	PlainText *string `json:"plainText,omitempty"`
}

// +kubebuilder:object:root=true
type Fixed struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec FixedSpec `json:"spec"`
}

type FixedSpec struct {
	// +k8s:immutable
	Zone string `json:"zone"`

	// +k8s:immutable
	// +optional
	Region *string `json:"region,omitempty"`
}
