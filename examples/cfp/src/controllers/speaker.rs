//! Mirrors each Speaker into the call-for-papers service.

use std::{sync::Arc, time::Duration};

use myop::{Cleanup, Context, Controller, Failure, Outcome, Reconcile, exponential};

use crate::{
    api::v1::{Speaker, speaker::SpeakerStatus},
    cfp::{CfpClient, SpeakerRecord},
    record::{self, Records},
};

/// Mirrors each Speaker into the call-for-papers service.
#[derive(Controller)]
#[controller(
    reconciles = Speaker,
    watches(Speaker, index = record::id, key = record::id, when = record::comes_or_goes),
    backoff = exponential(Duration::from_millis(5), Duration::from_secs(30)),
    finalizer = "finalizers.talks.kubecon.na",
)]
pub struct SpeakerController {
    cfp: Arc<CfpClient>,
    records: Records,
}

impl Reconcile for SpeakerController {
    type Error = Failure;

    async fn reconcile(
        &self,
        speaker: Arc<Speaker>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, Failure> {
        let claim = self.records.claim(&*speaker, ctx).await;
        let claim = claim.inspect_err(|_| ctx.status(SpeakerStatus::default()))?;
        let wanted = record_of(&speaker, claim.id.clone());
        let found = self
            .cfp
            .find_or_create(&wanted, speaker.id().is_some())
            .await?;
        if found != wanted {
            self.cfp.update(&wanted).await?;
        }
        ctx.status(SpeakerStatus {
            id: Some(wanted.id),
            ..SpeakerStatus::default()
        });
        Ok(record::reconciled(&*speaker))
    }
}

impl Cleanup for SpeakerController {
    async fn cleanup(&self, speaker: Arc<Speaker>, ctx: &Context<Self>) -> Result<(), Failure> {
        if let Ok(claim) = self.records.claim(&*speaker, ctx).await {
            self.cfp.delete::<SpeakerRecord>(&claim.id).await?;
        }
        Ok(())
    }
}

fn record_of(speaker: &Speaker, id: String) -> SpeakerRecord {
    let spec = speaker.spec.clone();
    SpeakerRecord {
        id,
        name: spec.name,
        bio: spec.bio.unwrap_or_default(),
        email: spec.email.unwrap_or_default(),
    }
}
