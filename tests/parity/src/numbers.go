// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:object:root=true
type Number struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec NumberSpec `json:"spec"`
}

type NumberSpec struct {
	// +kubebuilder:validation:Minimum=1
	AtLeast int32 `json:"atLeast"`

	// +kubebuilder:validation:Maximum=10
	AtMost int64 `json:"atMost"`

	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:ExclusiveMinimum=true
	Above int32 `json:"above"`

	// +kubebuilder:validation:Maximum=100
	// +kubebuilder:validation:ExclusiveMaximum=true
	Below int32 `json:"below"`

	// +kubebuilder:validation:MultipleOf=5
	Step int32 `json:"step"`

	// +k8s:minimum=1
	// +k8s:maximum=10
	Between int32 `json:"between"`
}
