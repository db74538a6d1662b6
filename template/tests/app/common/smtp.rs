//! An SMTP server on loopback that behaves as well or as badly as a test wants.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes every mail.
    Accept,
    /// Takes mails, and does not answer QUIT.
    HangOnQuit,
    /// Knows no recipient: 550.
    Refuse,
    /// Asks to try again when it sees a recipient for the first time: 451.
    Greylist,
    /// Wants a password that the client does not have: 530.
    WantPassword,
    /// Does not answer the end of a mail.
    Hang,
    /// Closes the connection in the middle of a mail.
    DieInData,
}

/// The server. It ends with the test.
#[derive(Clone)]
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    behaviour: Behaviour,
    seen: HashSet<String>,
    received: Vec<String>,
    conversations: usize,
}

impl SmtpServer {
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            shared: Arc::new(Mutex::new(Shared {
                behaviour,
                seen: HashSet::new(),
                received: Vec::new(),
                conversations: 0,
            })),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                tokio::spawn(async move {
                    // The client may go at any time.
                    server.converse(stream).await.ok();
                });
            }
        });
        server
    }

    /// The value of `MAIL_URL`.
    pub fn url(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    pub fn behave(&self, behaviour: Behaviour) {
        self.lock(|shared| shared.behaviour = behaviour);
    }

    /// Every mail that was received to its end, in order.
    pub fn received(&self) -> Vec<String> {
        self.lock(|shared| shared.received.clone())
    }

    /// How many those are.
    pub fn count(&self) -> usize {
        self.lock(|shared| shared.received.len())
    }

    /// How many mails clients have begun to hand over.
    pub fn conversations(&self) -> usize {
        self.lock(|shared| shared.conversations)
    }

    fn lock<T>(&self, with: impl FnOnce(&mut Shared) -> T) -> T {
        with(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        use Behaviour::{DieInData, Greylist, Hang, HangOnQuit, Refuse, WantPassword};
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 test\r\n").await?;
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let behaviour = self.lock(|shared| shared.behaviour);
            let command = line.trim_end().to_owned();
            let answer = match command.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-test\r\n250 8BITMIME\r\n",
                "MAIL" => {
                    self.lock(|shared| shared.conversations += 1);
                    match behaviour {
                        WantPassword => "530 5.7.0 authentication required\r\n",
                        _ => "250 ok\r\n",
                    }
                }
                "RCPT" if behaviour == Refuse => "550 5.1.1 nobody here\r\n",
                "RCPT"
                    if behaviour == Greylist
                        && self.lock(|shared| shared.seen.insert(command.clone())) =>
                {
                    "451 4.7.1 try again\r\n"
                }
                "DATA" if behaviour == DieInData => {
                    stream.write_all(b"354 go\r\n").await?;
                    stream.read_exact(&mut [0; 100]).await?;
                    return Ok(());
                }
                "DATA" => {
                    stream.write_all(b"354 go\r\n").await?;
                    let mail = data(&mut stream).await?;
                    if behaviour == Hang {
                        std::future::pending::<()>().await;
                    }
                    self.lock(|shared| shared.received.push(mail));
                    "250 accepted\r\n"
                }
                "QUIT" if behaviour == HangOnQuit => std::future::pending().await,
                _ => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}

async fn data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let before = mail.len();
        if stream.read_line(&mut mail).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if &mail[before..] == ".\r\n" {
            mail.truncate(before);
            return Ok(mail);
        }
    }
}
