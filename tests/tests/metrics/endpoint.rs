//! Who may read metrics, and with which certificate they are served.

use std::{fs, path::Path};

use axum::http::Request;
use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::ServiceAccount,
    rbac::v1::{ClusterRoleBinding, RoleRef, Subject},
};
use kube::{
    Api, Client, Config, ResourceExt,
    api::{ObjectMeta, PostParams},
};
use myop::testing::{Cluster, Result};
use myop_tests::{kubectl, scrape::Page};

use crate::operator::Process;

/// Asks for metrics, and takes the answer as status and text. A certificate that is not given is not checked.
async fn get(address: &str, token: Option<&str>, trusted: Option<&[u8]>) -> Result<(u16, String)> {
    let mut config = Config::new(address.parse()?);
    config.default_retry = false;
    config.accept_invalid_certs = trusted.is_none();
    config.root_cert = trusted.map(|certificate| vec![certificate.to_vec()]);
    config.auth_info.token = token.map(|token| token.to_owned().into());
    let client = Client::try_from(config)?;
    match client
        .request_text(Request::get("/metrics").body(Vec::new())?)
        .await
    {
        Ok(text) => Ok((200, text)),
        Err(kube::Error::Api(status)) => Ok((status.code, status.message)),
        Err(error) => Err(error.into()),
    }
}

/// A token of a ServiceAccount, which is made.
async fn token_of(cluster: &Cluster, account: &str) -> Result<String> {
    let accounts: Api<ServiceAccount> = cluster.namespaced("default");
    let made = ServiceAccount {
        metadata: ObjectMeta {
            name: Some(account.into()),
            ..ObjectMeta::default()
        },
        ..ServiceAccount::default()
    };
    accounts.create(&PostParams::default(), &made).await?;
    let request = TokenRequest {
        spec: TokenRequestSpec::default(),
        ..TokenRequest::default()
    };
    let answer = accounts
        .create_token_request(account, &PostParams::default(), &request)
        .await?;
    Ok(answer.status.ok_or("a token")?.token)
}

/// Lets a ServiceAccount read metrics, by the role that config/rbac has for that.
async fn let_read(cluster: &Cluster, account: &str) -> Result {
    let bindings: Api<ClusterRoleBinding> = cluster.all();
    let binding = ClusterRoleBinding {
        metadata: ObjectMeta {
            name: Some("metrics-readers".into()),
            ..ObjectMeta::default()
        },
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".into(),
            kind: "ClusterRole".into(),
            name: "myapp-operator-metrics-reader".into(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".into(),
            name: account.into(),
            namespace: Some("default".into()),
            ..Subject::default()
        }]),
    };
    let made = bindings.create(&PostParams::default(), &binding).await?;
    assert_eq!(made.name_any(), "metrics-readers");
    Ok(())
}

#[myop::test]
async fn metrics_are_for_those_whom_the_api_server_allows(cluster: Cluster) -> Result {
    if !kubectl::is_there("who may read metrics") {
        return Ok(());
    }
    let reader = token_of(&cluster, "reader").await?;
    let stranger = token_of(&cluster, "stranger").await?;
    let_read(&cluster, "reader").await?;
    let operator = Process::start(&cluster, &[]).await?;
    let address = format!("https://{}", operator.address);

    let (code, text) = get(&address, None, None).await?;
    assert_eq!((code, text.trim()), (401, "Unauthorized"));
    let (code, text) = get(&address, Some("somebody"), None).await?;
    assert_eq!((code, text.trim()), (401, "Unauthorized"));
    for _ in 0..2 {
        let (code, text) = get(&address, Some(&stranger), None).await?;
        let words = "Authorization denied for user system:serviceaccount:default:stranger";
        assert_eq!((code, text.trim()), (403, words));
        let (code, text) = get(&address, Some(&reader), None).await?;
        assert_eq!(code, 200, "{text}");
    }

    let (_, text) = get(&address, Some(&reader), None).await?;
    let page = Page::read(&text)?;
    let host = cluster_host(&cluster)?;
    let posts = [("method", "POST"), ("host", host.as_str())];
    let reviews = page.sum("rest_client_requests_total", &posts);
    assert_eq!(
        reviews,
        Some(5.0),
        "3 tokens and 2 accesses were reviewed, once each"
    );
    Ok(())
}

/// The host and port of the API server.
fn cluster_host(cluster: &Cluster) -> Result<String> {
    let kubeconfig = fs::read_to_string(cluster.kubeconfig().ok_or("a server of its own")?)?;
    let kubeconfig: serde_json::Value = serde_yaml::from_str(&kubeconfig)?;
    let server = kubeconfig["clusters"][0]["cluster"]["server"].as_str();
    Ok(server
        .and_then(|url| url.strip_prefix("https://"))
        .ok_or("a URL")?
        .to_owned())
}

#[myop::test]
async fn without_security_metrics_are_for_everybody(cluster: Cluster) -> Result {
    if !kubectl::is_there("metrics without security") {
        return Ok(());
    }
    let operator = Process::start(&cluster, &["--metrics-secure=false"]).await?;
    let address = format!("http://{}", operator.address);
    let (code, text) = get(&address, None, None).await?;
    assert_eq!(code, 200, "{text}");
    let page = Page::read(&text)?;
    assert!(page.sum("process_resident_memory_bytes", &[]) > Some(1e6));
    assert_eq!(
        page.sum("myop_ready_seconds_count", &[("controller", "myapp")]),
        Some(0.0)
    );
    Ok(())
}

/// Puts a new certificate for 127.0.0.1 into a folder, and returns it.
fn write_certificate(folder: &Path) -> Result<Vec<u8>> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    fs::write(folder.join("tls.key"), made.signing_key.serialize_pem())?;
    fs::write(folder.join("tls.crt"), made.cert.pem())?;
    Ok(made.cert.der().to_vec())
}

#[myop::test]
async fn a_new_certificate_is_served_without_a_restart(cluster: Cluster) -> Result {
    if !kubectl::is_there("a new certificate for metrics") {
        return Ok(());
    }
    let reader = token_of(&cluster, "reader").await?;
    let_read(&cluster, "reader").await?;
    let folder = tempfile::tempdir()?;
    let first = write_certificate(folder.path())?;
    let flag = format!("--metrics-cert-path={}", folder.path().display());
    let operator = Process::start(&cluster, &[&flag]).await?;
    let address = format!("https://{}", operator.address);
    assert_eq!(get(&address, Some(&reader), Some(&first)).await?.0, 200);

    fs::write(folder.path().join("tls.crt"), "half a certifi")?;
    assert_eq!(get(&address, Some(&reader), Some(&first)).await?.0, 200);

    let second = write_certificate(folder.path())?;
    let (code, text) = get(&address, Some(&reader), Some(&second)).await?;
    assert_eq!(code, 200, "{text}");
    let page = Page::read(&text)?;
    assert_eq!(
        page.sum("certwatcher_read_certificate_total", &[]),
        Some(3.0)
    );
    assert_eq!(
        page.sum("certwatcher_read_certificate_errors_total", &[]),
        Some(1.0)
    );
    let old = get(&address, Some(&reader), Some(&first)).await;
    assert!(
        old.is_err(),
        "the old certificate is not served any more: {old:?}"
    );
    Ok(())
}
