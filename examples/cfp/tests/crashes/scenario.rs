//! What happens to a Speaker or a Proposal, and the steps that the operator takes about it.

use crate::case::Act::{
    self, CreateDraft, CreateFinal, CreateSpeaker, DeleteProposal, DeleteSpeaker, EditProposal,
    EditSpeaker, HandIn, SeeItMissing,
};

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// What is there already, and settled.
    pub(crate) before: &'static [Act],
    /// What then changes.
    pub(crate) change: &'static [Act],
    /// What is done while no operator lives.
    pub(crate) while_dead: &'static [Act],
    /// The steps that the change takes where nobody is killed.
    pub(crate) steps: &'static [&'static str],
}

pub(crate) const SPEAKERS: [Scenario; 5] = [
    SPEAKER_CREATED,
    Scenario {
        name: "a Speaker is edited",
        before: &[CreateSpeaker],
        change: &[EditSpeaker],
        while_dead: &[],
        steps: &[
            "GET /api/speakers",
            "PUT /api/speakers",
            "patch speakers/status (Succeeded)",
        ],
    },
    Scenario {
        name: "a Speaker is deleted",
        before: &[CreateSpeaker],
        change: &[DeleteSpeaker],
        while_dead: &[],
        steps: &["DELETE /api/speakers", "patch speakers (no finalizer)"],
    },
    Scenario {
        name: "a Speaker is created, and edited while no operator lives",
        while_dead: &[EditSpeaker],
        ..SPEAKER_CREATED
    },
    Scenario {
        name: "a Speaker is created, and deleted while no operator lives",
        while_dead: &[DeleteSpeaker],
        ..SPEAKER_CREATED
    },
];

pub(crate) const DRAFTS: [Scenario; 6] = [
    DRAFT_CREATED,
    Scenario {
        name: "a draft is edited",
        before: &[CreateSpeaker, CreateDraft],
        change: &[EditProposal],
        while_dead: &[],
        steps: &[
            "GET /api/proposals",
            "PUT /api/proposals",
            "patch proposals/status (Succeeded)",
        ],
    },
    Scenario {
        name: "a draft is deleted",
        before: &[CreateSpeaker, CreateDraft],
        change: &[DeleteProposal],
        while_dead: &[],
        steps: &[
            "GET /api/proposals",
            "DELETE /api/proposals",
            "patch proposals (no finalizer)",
        ],
    },
    Scenario {
        name: "a draft is created before its Speaker",
        before: &[],
        change: &[CreateDraft, SeeItMissing, CreateSpeaker],
        while_dead: &[],
        steps: &[
            "patch proposals (finalizer)",
            "patch proposals/status (Failed)",
            "patch speakers (finalizer)",
            "POST /api/speakers",
            "patch speakers/status (Succeeded)",
            "POST /api/proposals",
            "patch proposals/status (Succeeded)",
        ],
    },
    Scenario {
        name: "a draft is created, and edited while no operator lives",
        while_dead: &[EditProposal],
        ..DRAFT_CREATED
    },
    Scenario {
        name: "a draft is created, and deleted while no operator lives",
        while_dead: &[DeleteProposal],
        ..DRAFT_CREATED
    },
];

pub(crate) const FINALS: [Scenario; 5] = [
    FINAL_CREATED,
    DRAFT_HANDED_IN,
    Scenario {
        name: "a final Proposal is deleted",
        before: &[CreateSpeaker, CreateFinal],
        change: &[DeleteProposal],
        while_dead: &[],
        steps: &["GET /api/proposals", "patch proposals (no finalizer)"],
    },
    Scenario {
        name: "a draft is handed in, and edited while no operator lives",
        while_dead: &[EditProposal],
        ..DRAFT_HANDED_IN
    },
    Scenario {
        name: "a Proposal is created as final, and deleted while no operator lives",
        while_dead: &[DeleteProposal],
        ..FINAL_CREATED
    },
];

/// Whether it is handed in is known only once the status says so.
pub(crate) const FINAL_EDITED_MEANWHILE: Scenario = Scenario {
    name: "a Proposal is created as final, and edited while no operator lives",
    while_dead: &[EditProposal],
    ..FINAL_CREATED
};

const SPEAKER_CREATED: Scenario = Scenario {
    name: "a Speaker is created",
    before: &[],
    change: &[CreateSpeaker],
    while_dead: &[],
    steps: &[
        "patch speakers (finalizer)",
        "POST /api/speakers",
        "patch speakers/status (Succeeded)",
    ],
};

const DRAFT_CREATED: Scenario = Scenario {
    name: "a Proposal is created as a draft",
    before: &[CreateSpeaker],
    change: &[CreateDraft],
    while_dead: &[],
    steps: &[
        "patch proposals (finalizer)",
        "POST /api/proposals",
        "patch proposals/status (Succeeded)",
    ],
};

const FINAL_CREATED: Scenario = Scenario {
    name: "a Proposal is created as final",
    change: &[CreateFinal],
    ..DRAFT_CREATED
};

const DRAFT_HANDED_IN: Scenario = Scenario {
    name: "a draft is handed in",
    before: &[CreateSpeaker, CreateDraft],
    change: &[HandIn],
    while_dead: &[],
    steps: &[
        "GET /api/proposals",
        "PUT /api/proposals",
        "patch proposals/status (Succeeded)",
    ],
};
