//! What the tests share: the call-for-papers service, what it was asked, and the objects of the operator.

use std::{
    fmt::Debug,
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use cfp_api::Service;
use cfp_operator::{
    api::v1::{
        Proposal, Speaker,
        proposal::{ProposalSpec, SpeakerRef, TalkType},
        speaker::SpeakerSpec,
    },
    cfp::CfpFlags,
};
use kube::{
    Api,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use myop::{
    HasStatus, Manager, Object, Status,
    testing::{Cluster, Result},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    net::TcpSocket,
    sync::{oneshot, watch},
    task::JoinHandle,
};

/// How long nothing must happen for the operator to be at rest.
const REST: Duration = Duration::from_secs(3);

/// All that the operator may write to.
pub const WRITTEN: [&str; 5] = [
    "speakers",
    "speakers/status",
    "proposals",
    "proposals/status",
    "events",
];

/// A condition's type, status and reason, and what its message contains, with ` … ` for anything.
pub type Said<'a> = (&'a str, &'a str, &'a str, &'a str);

/// The service, with its records in files, and the objects in `default`.
pub struct Stage {
    pub speakers: Api<Speaker>,
    pub proposals: Api<Proposal>,
    cluster: Cluster,
    records: TempDir,
    service: Router,
    asked: watch::Sender<Vec<String>>,
    door: Door,
}

impl Stage {
    /// Opens the service behind `front`, which may do something to requests and answers.
    pub fn open(cluster: &Cluster, front: impl FnOnce(Router) -> Router) -> Result<Self> {
        let records = TempDir::new()?;
        let asked = watch::Sender::new(Vec::new());
        let service = front(Service::open(records.path())?.router())
            .layer(from_fn_with_state(asked.clone(), note));
        let mut door = Door::new()?;
        door.open(service.clone())?;
        Ok(Self {
            speakers: cluster.namespaced("default"),
            proposals: cluster.namespaced("default"),
            cluster: cluster.clone(),
            records,
            service,
            asked,
            door,
        })
    }

    /// Where the service is.
    pub fn flags(&self) -> CfpFlags {
        let url = format!("http://{}", self.door.address);
        CfpFlags {
            cfp_api: url.parse().expect("an address makes a URL"),
        }
    }

    /// The operator of this service.
    pub fn manager(&self) -> Manager {
        cfp_operator::manager().provide(self.flags())
    }

    /// Nothing listens any more where the service was.
    pub async fn close(&mut self) -> Result {
        self.door.close().await
    }

    /// The service is there again, with its records.
    pub fn reopen(&mut self) -> Result {
        self.door.open(self.service.clone())
    }

    /// What the service was asked since the last look, and what it answered: `GET /api/speakers/default-ada: 200`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.send_replace(Vec::new())
    }

    /// The file of a record: of `speakers/default-ada`, for example.
    pub fn file(&self, record: &str) -> PathBuf {
        self.records.path().join(format!("{record}.json"))
    }

    /// What the service has there; null where there is nothing.
    pub fn record(&self, record: &str) -> Result<Value> {
        match fs::read(self.file(record)) {
            Ok(text) => Ok(serde_json::from_slice(&text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::Null),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the conditions are these and no others, of this generation. It counts as observed unless it is being
    /// reconciled.
    pub async fn until<K>(&self, api: &Api<K>, name: &str, said: &[Said<'_>]) -> Result<K>
    where
        K: Object + HasStatus<Status: Status>,
    {
        let found = self.cluster.until(api, name, |object| {
            object.is_some_and(|object| says(object, said))
        });
        let found = found
            .await
            .map_err(|error| format!("{said:?} is awaited: {error}"))?;
        Ok(found.expect("what says something is there"))
    }

    /// Waits until this generation is ready, and nothing else is said.
    pub async fn until_ready<K>(&self, api: &Api<K>, name: &str) -> Result<K>
    where
        K: Object + HasStatus<Status: Status>,
    {
        let message = format!("reconciled '{name}' successfully");
        self.until(api, name, &[("Ready", "True", "Succeeded", &message)])
            .await
    }

    pub async fn until_gone<K: Object>(&self, api: &Api<K>, name: &str) -> Result {
        self.cluster
            .until(api, name, |object| object.is_none())
            .await?;
        Ok(())
    }

    /// Fails where the operator, left alone, asks the service for anything or writes anything.
    pub async fn assert_rest(&self) -> Result {
        self.asked();
        let writes = self.cluster.writes_within(REST, &WRITTEN).await?;
        assert_eq!((self.asked(), writes), (Vec::new(), 0));
        Ok(())
    }
}

/// Notes a request once it is answered.
async fn note(
    State(asked): State<watch::Sender<Vec<String>>>,
    request: Request,
    next: Next,
) -> Response {
    let question = format!("{} {}", request.method(), request.uri().path());
    let answer = next.run(request).await;
    let code = answer.status().as_u16();
    asked.send_modify(|asked| asked.push(format!("{question}: {code}")));
    answer
}

fn says<K>(object: &K, said: &[Said<'_>]) -> bool
where
    K: HasStatus<Status: Status> + Object,
{
    let (Some(status), generation) = (object.status(), object.meta().generation) else {
        return false;
    };
    let conditions = status.conditions();
    let is_said = |&(type_, status, reason, message): &Said<'_>| {
        conditions.iter().any(|one| {
            (&*one.type_, &*one.status, &*one.reason) == (type_, status, reason)
                && message.split(" … ").all(|part| one.message.contains(part))
                && one.observed_generation == generation
        })
    };
    let is_reconciling = said.iter().any(|(type_, ..)| *type_ == "Reconciling");
    conditions.len() == said.len()
        && said.iter().all(is_said)
        && (status.observed_generation() == generation) != is_reconciling
}

/// A port that is ours, whether or not something listens there.
struct Door {
    address: SocketAddr,
    _held: TcpSocket,
    open: Option<(oneshot::Sender<()>, JoinHandle<io::Result<()>>)>,
}

impl Door {
    fn new() -> Result<Self> {
        let held = shared_port((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self {
            address: held.local_addr()?,
            _held: held,
            open: None,
        })
    }

    fn open(&mut self, service: Router) -> Result {
        let listener = shared_port(self.address)?.listen(1024)?;
        let (close, closed) = oneshot::channel();
        let served = axum::serve(listener, service).with_graceful_shutdown(async {
            let _ = closed.await;
        });
        self.open = Some((close, tokio::spawn(served.into_future())));
        Ok(())
    }

    async fn close(&mut self) -> Result {
        if let Some((close, served)) = self.open.take() {
            drop(close);
            served.await??;
        }
        Ok(())
    }
}

fn shared_port(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Someone with all that the service asks for.
pub fn speaker(name: &str) -> Speaker {
    let spec = SpeakerSpec {
        name: "Ada Lovelace".into(),
        bio: Some("Writes programs.".into()),
        email: Some("ada@example.com".into()),
    };
    Speaker::new(name, spec)
}

/// The draft of a talk, by a Speaker in its own namespace.
pub fn proposal(name: &str, speaker: &str) -> Proposal {
    let spec = ProposalSpec {
        title: "On engines".into(),
        r#abstract: "What they can do, and what they can't.".into(),
        r#type: TalkType::Talk,
        r#final: false,
        speaker_ref: SpeakerRef {
            name: speaker.into(),
            namespace: String::new(),
        },
    };
    Proposal::new(name, spec)
}

pub async fn create<K>(api: &Api<K>, object: &K) -> Result<K>
where
    K: Clone + Debug + Serialize + DeserializeOwned,
{
    Ok(api.create(&PostParams::default(), object).await?)
}

pub async fn edit<K>(api: &Api<K>, name: &str, change: Value) -> Result<K>
where
    K: Clone + Debug + DeserializeOwned,
{
    let change = Patch::Merge(change);
    Ok(api.patch(name, &PatchParams::default(), &change).await?)
}

pub async fn delete<K>(api: &Api<K>, name: &str) -> Result
where
    K: Clone + Debug + DeserializeOwned,
{
    api.delete(name, &DeleteParams::default()).await?;
    Ok(())
}
