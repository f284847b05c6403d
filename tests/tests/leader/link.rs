//! The network between one replica and the API server.

use std::net::SocketAddr;

use myop::testing::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A way to the server that can be cut: then nothing passes, and neither side hears of it.
pub(crate) struct Link {
    pub(crate) address: SocketAddr,
    is_cut: watch::Sender<bool>,
}

impl Link {
    pub(crate) async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (sender, is_cut) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((replica, _)) = listener.accept().await {
                tokio::spawn(carry(replica, server, is_cut.clone()));
            }
        });
        Ok(Self {
            address,
            is_cut: sender,
        })
    }

    pub(crate) fn cut(&self) {
        self.is_cut.send_replace(true);
    }
}

/// What was on its way when the link was cut is lost.
async fn carry(mut replica: TcpStream, server: SocketAddr, mut is_cut: watch::Receiver<bool>) {
    let passing = async {
        let mut server = TcpStream::connect(server).await?;
        copy_bidirectional(&mut replica, &mut server).await
    };
    tokio::select! {
        _ = is_cut.wait_for(|is_cut| *is_cut) => {}
        _ = passing => return,
    }
    // The connections stay as they are for as long as the link.
    let _ = is_cut.wait_for(|is_cut| !*is_cut).await;
}
