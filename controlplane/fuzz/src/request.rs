//! Requests, and how they are written.

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// One without headers or a body.
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            ..Self::default()
        }
    }

    /// With this header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With this parameter besides.
    #[must_use]
    pub fn query(mut self, parameter: &str) -> Self {
        let separator = if self.target.contains('?') { '&' } else { '?' };
        self.target = format!("{}{separator}{parameter}", self.target);
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn to_http(&self) -> Option<http::Request<Vec<u8>>> {
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(self.target.as_str());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(self.body.clone()).ok()
    }
}

/// The requests of a scenario: each begins with `>>> METHOD TARGET`, headers and an empty line; answers are passed over.
pub fn requests(text: &str) -> impl Iterator<Item = Request> {
    text.split(">>> ").skip(1).map(|step| {
        let step = step.split("\n<<< ").next().unwrap_or_default();
        let (head, body) = step.split_once("\n\n").unwrap_or((step, ""));
        let mut lines = head.lines();
        let (method, target) = lines
            .next()
            .and_then(|line| line.split_once(' '))
            .unwrap_or_default();
        let request = match method {
            "WATCH" => Request::new("GET", &format!("{target}?watch=true")),
            method => Request::new(method, target),
        };
        lines
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| !name.starts_with('@'))
            .fold(request, |request, (name, value)| {
                request.header(name, value)
            })
            .body(body.trim_end().into())
    })
}
