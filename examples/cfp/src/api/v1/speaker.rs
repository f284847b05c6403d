//! The kind `Speaker` of `talks.kubecon.na/v1`.

use myop::{resource, status};

/// Speaker is somebody who gives talks.
#[resource(
    group = "talks.kubecon.na",
    version = "v1",
    kind = "Speaker",
    namespaced,
    status = SpeakerStatus,
    printcolumn(name = "Speaker", type_ = "string", json_path = ".spec.name"),
    printcolumn(name = "Email", type_ = "string", json_path = ".spec.email"),
    printcolumn(name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
pub struct SpeakerSpec {
    /// The speaker's name.
    pub name: String,
    /// A few words about the speaker.
    pub bio: Option<String>,
    /// Where the speaker is reached.
    #[schemars(pattern(r"^[a-zA-Z0-9.-]+@([a-zA-Z0-9]+.)+[a-zA-Z0-9-]{2,15}$"))]
    pub email: Option<String>,
}

/// What the operator has seen.
#[status]
pub struct SpeakerStatus {
    /// The id of the speaker's record in the service: `namespace-name`.
    pub id: Option<String>,
}

impl Speaker {
    /// The id of the speaker's record, once there is one.
    pub fn id(&self) -> Option<&str> {
        self.status.as_ref()?.id.as_deref()
    }
}
