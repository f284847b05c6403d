// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:object:root=true
type Presence struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec PresenceSpec `json:"spec"`
}

type PresenceSpec struct {
	Needed string `json:"needed"`

	// +required
	Required string `json:"required,omitempty"`

	// +kubebuilder:validation:Required
	Demanded string `json:"demanded,omitempty"`

	// +k8s:required
	Asked string `json:"asked,omitempty"`

	// +optional
	Optional *string `json:"optional"`

	// +kubebuilder:validation:Optional
	Possible *string `json:"possible"`

	// +k8s:optional
	Allowed *string `json:"allowed"`

	// +optional
	// +nullable
	OrNull *string `json:"orNull"`

	// +nullable
	NullNeeded *string `json:"nullNeeded"`

	// +kubebuilder:default=red
	Color string `json:"color,omitempty"`

	// +default=3
	Replicas int32 `json:"replicas,omitempty"`

	// +kubebuilder:default={80,443}
	Ports []int32 `json:"ports,omitempty"`

	// +kubebuilder:default=false
	Paused bool `json:"paused,omitempty"`

	// +kubebuilder:default={}
	Limits Limits `json:"limits,omitempty"`

	// +kubebuilder:default={cpu: 1}
	Shares map[string]int32 `json:"shares,omitempty"`
}

type Limits struct {
	// +kubebuilder:default=10
	Pods int32 `json:"pods,omitempty"`
}
