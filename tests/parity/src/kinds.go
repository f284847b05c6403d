// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:object:root=true
// +kubebuilder:resource:scope=Cluster
type Global struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec GlobalSpec `json:"spec"`
}

type GlobalSpec struct{}

// +kubebuilder:object:root=true
// +kubebuilder:resource:path=data,singular=datum
type Datum struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec DatumSpec `json:"spec"`
}

type DatumSpec struct{}

// +kubebuilder:object:root=true
// +kubebuilder:resource:shortName=sh;shrt,categories=all;example
type Short struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ShortSpec `json:"spec"`
}

type ShortSpec struct{}

// +kubebuilder:object:root=true
// +kubebuilder:printcolumn:name="Image",type=string,JSONPath=`.spec.image`
// +kubebuilder:printcolumn:name="Replicas",type=integer,JSONPath=`.spec.replicas`,description="How many there are",format=int32,priority=1
type Columned struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ColumnedSpec `json:"spec"`
}

type ColumnedSpec struct {
	Image    string `json:"image"`
	Replicas int32  `json:"replicas"`
}

// +kubebuilder:object:root=true
// +kubebuilder:selectablefield:JSONPath=`.spec.color`
type Selected struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec SelectedSpec `json:"spec"`
}

type SelectedSpec struct {
	Color string `json:"color"`
}

// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
type Observed struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ObservedSpec   `json:"spec"`
	Status ObservedStatus `json:"status,omitempty"`
}

type ObservedSpec struct{}

type ObservedStatus struct {
	Healthy bool `json:"healthy"`
}

// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:subresource:scale:specpath=.spec.replicas,statuspath=.status.replicas,selectorpath=.status.selector
type Scaled struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ScaledSpec   `json:"spec"`
	Status ScaledStatus `json:"status,omitempty"`
}

type ScaledSpec struct {
	Replicas int32 `json:"replicas"`
}

type ScaledStatus struct {
	Replicas int32  `json:"replicas"`
	Selector string `json:"selector"`
}

// +kubebuilder:object:root=true
// +kubebuilder:metadata:annotations="example.com/team=web"
// +kubebuilder:metadata:labels="team=web"
type Labelled struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec LabelledSpec `json:"spec"`
}

type LabelledSpec struct{}
