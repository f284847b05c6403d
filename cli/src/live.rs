//! What runs while a command runs: an API server, builds, and the operator.
//!
//! | module | what it holds |
//! |---|---|
//! | `cluster` | the embedded API server: the one value that says where the cluster is |
//! | `kubeconfig` | the file by which kubectl finds it |
//! | `folder` | a folder for what a command needs meanwhile, which is gone afterwards even where it was killed |
//! | `build` | `cargo build` with its progress, and what came of it |
//! | `sources`, `notices` | the files that a build depends on, watched, and being told that something happens to them |
//! | `objects` | objects of a project's files, applied |
//! | `installed` | what an operator takes on a cluster: definitions, rules, its account |
//! | `samples` | the objects of config/samples |
//! | `process` | a program that is started, and ends with the command |
//! | `operator` | the operator's process |
//! | `running` | the operator that runs, and Ctrl-C, beside whatever else is done |
//! | `log` | what it says, line by line |
//! | `session` | all of that for one project: from its sources to an operator that runs |
//! | `screen`, `failed` | how it is told, and what has to be mended |
//! | `shell` | what a shell understands of that |
//! | `table` | objects as kubectl shows them |
//! | `stop` | Ctrl-C |

pub(crate) mod build;
pub(crate) mod cluster;
pub(crate) mod failed;
pub(crate) mod folder;
pub(crate) mod installed;
pub(crate) mod kubeconfig;
mod log;
mod notices;
pub(crate) mod objects;
mod operator;
mod process;
pub(crate) mod running;
pub(crate) mod samples;
pub(crate) mod screen;
pub(crate) mod session;
pub(crate) mod shell;
pub(crate) mod sources;
pub(crate) mod stop;
pub(crate) mod table;

use std::io;

use tokio::runtime::Builder;

/// Runs to the end what waits for others, with threads beside this one that go on serving meanwhile.
///
/// # Errors
/// Where no thread can be started.
pub(crate) fn wait_for<T>(work: impl Future<Output = T>) -> io::Result<T> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(done)
}
