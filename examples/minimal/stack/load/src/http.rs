//! Requests over one connection that is kept, as small as HTTP/1.1 lets it be: what sends as much as a server takes has
//! to cost less than the server.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Bytes of a head.
const HEAD: usize = 64 * 1024;
/// Bytes of a body that is kept.
const BODY: usize = 16 * 1024 * 1024;
const BUFFER: usize = 16 * 1024;

/// A connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Where what was not looked at begins.
    at: usize,
    /// Whether something was answered over it before.
    used: bool,
}

/// An answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub status: u16,
    pub location: Option<String>,
    /// `name=value; …`
    pub cookies: Vec<String>,
    /// Of HTML or JSON, if it was to be kept.
    pub body: Option<String>,
    /// Whether another request may follow.
    pub keep: bool,
    gzip: bool,
    text: bool,
}

enum Length {
    Known(u64),
    Chunked,
    UntilTheEnd,
}

/// Why there is no answer, in a word for the report.
pub(crate) type Failure = String;

impl Connection {
    pub(crate) async fn open(to: SocketAddr, patience: Duration) -> Result<Self, Failure> {
        let stream = match tokio::time::timeout(patience, TcpStream::connect(to)).await {
            Ok(stream) => stream.map_err(|error| failure(&error))?,
            Err(_) => return Err("no connection in time".into()),
        };
        stream.set_nodelay(true).ok();
        Ok(Self {
            stream,
            buffer: Vec::new(),
            at: 0,
            used: false,
        })
    }

    /// Whether a failure may only mean that the server had closed the connection meanwhile.
    pub(crate) fn used(&self) -> bool {
        self.used
    }

    /// Sends a request and reads the answer. `keeps` says whether its body is wanted; `head` that it has none.
    pub(crate) async fn exchange(
        &mut self,
        request: &[u8],
        head: bool,
        keeps: bool,
    ) -> Result<Answer, Failure> {
        self.stream
            .write_all(request)
            .await
            .map_err(|error| failure(&error))?;
        let (mut answer, length) = loop {
            let (answer, length) = self.head(head).await?;
            // Something before the answer; 101 is one.
            if answer.status >= 200 || answer.status == 101 {
                break (answer, length);
            }
        };
        let mut body = Vec::new();
        let kept = keeps && answer.text;
        let sink = kept.then_some(&mut body);
        self.body(length, sink).await?;
        if kept {
            answer.body = Some(text(body, answer.gzip)?);
        }
        self.used = true;
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
        }
        Ok(answer)
    }

    /// The connection and what was read of what follows the last answer, for another protocol.
    pub(crate) fn into_parts(self) -> (TcpStream, Vec<u8>) {
        (self.stream, self.buffer[self.at..].to_vec())
    }

    async fn more(&mut self) -> Result<(), Failure> {
        if self.at > 0 {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        self.buffer.reserve(BUFFER);
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err("connection closed".into()),
            Ok(_) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn head(&mut self, no_body: bool) -> Result<(Answer, Length), Failure> {
        if self.at == self.buffer.len() {
            self.more().await?;
        }
        loop {
            match parse(&self.buffer[self.at..], no_body)? {
                Some((answer, length, size)) => {
                    self.at += size;
                    return Ok((answer, length));
                }
                None if self.buffer.len() - self.at > HEAD => {
                    return Err("answer that is no HTTP".into());
                }
                None => self.more().await?,
            }
        }
    }

    async fn body(
        &mut self,
        length: Length,
        mut sink: Option<&mut Vec<u8>>,
    ) -> Result<(), Failure> {
        match length {
            Length::Known(bytes) => self.take(bytes, &mut sink).await,
            Length::Chunked => loop {
                let line = self.line().await?;
                let size = line.split(';').next().unwrap_or_default().trim();
                let size = u64::from_str_radix(size, 16).map_err(|_| "answer that is no HTTP")?;
                self.take(size, &mut sink).await?;
                if size == 0 {
                    // Whatever follows the last chunk ends with an empty line.
                    while !self.line().await?.is_empty() {}
                    return Ok(());
                }
                self.line().await?;
            },
            Length::UntilTheEnd => loop {
                let there = self.buffer.len() - self.at;
                self.take(there as u64, &mut sink).await?;
                match self.more().await {
                    Err(failure) if failure == "connection closed" => return Ok(()),
                    other => other?,
                }
            },
        }
    }

    async fn take(
        &mut self,
        mut bytes: u64,
        sink: &mut Option<&mut Vec<u8>>,
    ) -> Result<(), Failure> {
        loop {
            let there =
                (self.buffer.len() - self.at).min(usize::try_from(bytes).unwrap_or(usize::MAX));
            if let Some(sink) = sink {
                if sink.len() + there > BODY {
                    return Err("page that is too large".into());
                }
                sink.extend_from_slice(&self.buffer[self.at..self.at + there]);
            }
            self.at += there;
            bytes -= there as u64;
            if bytes == 0 {
                return Ok(());
            }
            self.more().await?;
        }
    }

    async fn line(&mut self) -> Result<String, Failure> {
        loop {
            if let Some(end) = self.buffer[self.at..]
                .iter()
                .position(|byte| *byte == b'\n')
            {
                let line = String::from_utf8_lossy(&self.buffer[self.at..self.at + end])
                    .trim_end_matches('\r')
                    .to_owned();
                self.at += end + 1;
                return Ok(line);
            }
            if self.buffer.len() - self.at > HEAD {
                return Err("answer that is no HTTP".into());
            }
            self.more().await?;
        }
    }
}

/// The head at the start of `bytes`, if all of it is there, with its length.
fn parse(bytes: &[u8], no_body: bool) -> Result<Option<(Answer, Length, usize)>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Response::new(&mut headers);
    let size = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(size)) => size,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err("answer that is no HTTP".into()),
    };
    let status = parsed.code.unwrap_or_default();
    let mut answer = Answer {
        status,
        keep: parsed.version == Some(1),
        ..Answer::default()
    };
    let mut length = Length::UntilTheEnd;
    for header in parsed.headers.iter() {
        let value = std::str::from_utf8(header.value).unwrap_or_default();
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let says = |word: &str| value.to_ascii_lowercase().contains(word);
        if is("content-length") {
            if !matches!(length, Length::Chunked) {
                length = Length::Known(value.trim().parse().map_err(|_| "answer that is no HTTP")?);
            }
        } else if is("transfer-encoding") {
            if says("chunked") {
                length = Length::Chunked;
            }
        } else if is("set-cookie") {
            answer.cookies.push(value.to_owned());
        } else if is("location") {
            answer.location = Some(value.to_owned());
        } else if is("content-encoding") {
            answer.gzip = says("gzip");
        } else if is("content-type") {
            answer.text = says("html") || says("json");
        } else if is("connection") {
            answer.keep = if says("close") {
                false
            } else {
                answer.keep || says("keep-alive")
            };
        }
    }
    if no_body || matches!(status, 100..=199 | 204 | 304) {
        length = Length::Known(0);
    }
    if matches!(length, Length::UntilTheEnd) {
        answer.keep = false;
    }
    Ok(Some((answer, length, size)))
}

fn text(body: Vec<u8>, gzip: bool) -> Result<String, Failure> {
    let mut bytes = body;
    if gzip {
        let mut whole = Vec::new();
        let packed = flate2::read::GzDecoder::new(bytes.as_slice());
        let read = io::Read::read_to_end(&mut io::Read::take(packed, BODY as u64), &mut whole);
        read.map_err(|_| "body that cannot be unpacked")?;
        bytes = whole;
    }
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// What an error of the network is called.
pub(crate) fn failure(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::UnexpectedEof => "connection closed".into(),
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse => {
            "no free port on this machine".into()
        }
        // 24: too many open files.
        _ if error.raw_os_error() == Some(24) => "too many open files (raise `ulimit -n`)".into(),
        kind => format!("network: {kind}"),
    }
}
