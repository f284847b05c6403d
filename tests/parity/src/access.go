// +groupName=example.com
package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// +kubebuilder:rbac:groups=example.com,resources=webs,verbs=list;watch
// +kubebuilder:rbac:groups=example.com,resources=webs/finalizers,verbs=update
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=create;delete;list;patch;watch
// +kubebuilder:rbac:groups="",resources=configmaps;secrets,verbs=list;watch
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch
// +kubebuilder:rbac:groups="",resources=pods/log,verbs=get
// +kubebuilder:rbac:groups=apps;batch,resources=*,verbs=get
// +kubebuilder:rbac:groups="",resources=secrets,resourceNames=token,verbs=get
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=*
// +kubebuilder:rbac:urls=/metrics;/healthz,verbs=get

// +kubebuilder:object:root=true
type Web struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec WebSpec `json:"spec"`
}

type WebSpec struct {
	ConfigMap string `json:"configMap"`
}
