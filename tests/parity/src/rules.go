// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:object:root=true
type Checked struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec CheckedSpec `json:"spec"`
}

type CheckedSpec struct {
	// +kubebuilder:validation:XValidation:rule="self != ''"
	Plain string `json:"plain"`

	// +kubebuilder:validation:XValidation:rule="self != 'root'",message="root is taken"
	User string `json:"user"`

	// +kubebuilder:validation:XValidation:rule="self == oldSelf",messageExpression="'it was ' + oldSelf"
	Fixed string `json:"fixed"`

	// +kubebuilder:validation:XValidation:rule="self > 0",reason=FieldValueForbidden
	Positive int32 `json:"positive"`

	// +kubebuilder:validation:XValidation:rule="self.low <= self.high",fieldPath=".low",message="low is the lower"
	Range Range `json:"range"`

	// +kubebuilder:validation:XValidation:rule="!oldSelf.hasValue() || self == oldSelf.value()",optionalOldSelf=true
	Once string `json:"once"`

	// +kubebuilder:validation:XValidation:rule="self > 0"
	// +kubebuilder:validation:XValidation:rule="self < 9"
	Several int32 `json:"several"`

	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="it stays",messageExpression="'it was ' + oldSelf"
	Both string `json:"both"`

	Bounds Bounds `json:"bounds"`
}

// +kubebuilder:object:root=true
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() < 20",message="the name is short"
type Ruled struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec RuledSpec `json:"spec"`
}

type RuledSpec struct {
	Name string `json:"name"`
}

type Range struct {
	Low  int32 `json:"low"`
	High int32 `json:"high"`
}

// +kubebuilder:validation:XValidation:rule="self.low <= self.high"
type Bounds struct {
	Low  int32 `json:"low"`
	High int32 `json:"high"`
}
