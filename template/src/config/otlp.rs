//! Where traces are sent, by the variables that OpenTelemetry has given names to.

use std::{borrow::Cow, time::Duration};

use super::{Secret, read::Reader};

/// A collector, and what is sent there.
#[derive(Clone, Debug)]
pub struct Otlp {
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, with the path for traces.
    pub endpoint: String,
    /// `OTEL_EXPORTER_OTLP_HEADERS`: with every request to the collector. They hold keys.
    pub headers: Vec<(String, Secret)>,
    /// `OTEL_EXPORTER_OTLP_TIMEOUT`: how long the collector may take for a batch.
    pub timeout: Duration,
    /// `OTEL_SERVICE_NAME`
    pub service: String,
    /// `OTEL_RESOURCE_ATTRIBUTES`: what else is said of this process.
    pub attributes: Vec<(String, String)>,
    /// `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`
    pub sampler: Sampler,
}

/// Which traces are recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// Whether a request that continues somebody else's trace is recorded exactly if that is.
    pub parent_based: bool,
    /// The part that is recorded of all others, 0 to 1.
    pub ratio: f64,
}

/// What a sampler does that has a name.
const SAMPLERS: &[(&str, (bool, Ratio))] = &[
    ("parentbased_always_on", (true, Ratio::All)),
    ("parentbased_always_off", (true, Ratio::Nothing)),
    ("parentbased_traceidratio", (true, Ratio::Argument)),
    ("always_on", (false, Ratio::All)),
    ("always_off", (false, Ratio::Nothing)),
    ("traceidratio", (false, Ratio::Argument)),
];

#[derive(Clone, Copy)]
enum Ratio {
    All,
    Nothing,
    Argument,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// The collector, if one is named.
    pub(super) fn otlp(&mut self) -> Option<Otlp> {
        let endpoint = self.url("OTEL_EXPORTER_OTLP_ENDPOINT", &["http", "https"]);
        self.choice(
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "http/protobuf",
            &[("http/protobuf", ())],
        );
        let headers = self.pairs("OTEL_EXPORTER_OTLP_HEADERS");
        let timeout = self.number("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, 1..=600_000);
        let service = self.parse("OTEL_SERVICE_NAME", env!("APP_NAME").to_owned(), "a name");
        let attributes = self.pairs("OTEL_RESOURCE_ATTRIBUTES");
        let (parent_based, ratio) =
            self.choice("OTEL_TRACES_SAMPLER", "parentbased_always_on", SAMPLERS);
        let argument = self.number("OTEL_TRACES_SAMPLER_ARG", 1.0, 0.0..=1.0);
        Some(Otlp {
            endpoint: format!("{}/v1/traces", endpoint?.trim().trim_end_matches('/')),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
            timeout: Duration::from_millis(timeout),
            service,
            attributes,
            sampler: Sampler {
                parent_based,
                ratio: match ratio {
                    Ratio::All => 1.0,
                    Ratio::Nothing => 0.0,
                    Ratio::Argument => argument,
                },
            },
        })
    }

    /// `name=value,name=value`, with what is special in a value written as `%2C`. The error repeats no value: some are
    /// secret.
    fn pairs(&mut self, name: &str) -> Vec<(String, String)> {
        let Some(text) = self.text(name) else {
            return Vec::new();
        };
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=')?;
            let (name, value) = (name.trim(), decoded(value.trim())?);
            (!name.is_empty()).then(|| (name.to_owned(), value))
        };
        let items = text.split(',').filter(|item| !item.trim().is_empty());
        let pairs: Option<Vec<_>> = items.map(pair).collect();
        pairs.unwrap_or_else(|| {
            self.wrong(name, "pairs such as `name=value,name=value`");
            Vec::new()
        })
    }
}

/// `a%20b` → `a b`; nothing if what comes out is no text.
fn decoded(text: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, ConfigError};

    fn read(vars: &[(&str, &str)]) -> Result<Option<Otlp>, ConfigError> {
        let lookup = |name: &str| {
            let found = vars.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::from_vars(lookup).map(|config| config.otlp)
    }

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318/");

    #[test]
    fn nothing_is_sent_anywhere_without_an_endpoint() {
        assert!(read(&[]).unwrap().is_none());
    }

    #[test]
    fn an_endpoint_is_enough() {
        let otlp = read(&[ENDPOINT]).unwrap().unwrap();
        assert_eq!(otlp.endpoint, "http://127.0.0.1:4318/v1/traces");
        assert_eq!(otlp.service, env!("APP_NAME"));
        assert!(otlp.sampler.parent_based);
        assert!((otlp.sampler.ratio - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn headers_are_decoded_and_never_shown() {
        let headers = (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Basic%20aGk6eW8=, x-team=a%2Cb",
        );
        let otlp = read(&[ENDPOINT, headers]).unwrap().unwrap();
        let headers: Vec<_> = otlp
            .headers
            .iter()
            .map(|(n, v)| (&**n, v.expose()))
            .collect();
        assert_eq!(
            headers,
            [("authorization", "Basic aGk6eW8="), ("x-team", "a,b")]
        );
        assert!(!format!("{otlp:?}").contains("aGk6"));
        let error = read(&[ENDPOINT, ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2")]).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("`OTEL_EXPORTER_OTLP_HEADERS` must be pairs"));
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_sampler_that_there_is_not_and_a_protocol_that_is_not_spoken_are_named() {
        let error = read(&[
            ENDPOINT,
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_TRACES_SAMPLER", "sometimes"),
            ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ]);
        let error = error.unwrap_err().to_string();
        for name in [
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "OTEL_TRACES_SAMPLER",
            "OTEL_TRACES_SAMPLER_ARG",
        ] {
            assert!(error.contains(&format!("`{name}` must be")), "{error}");
        }
    }

    #[test]
    fn a_ratio_is_one_only_for_the_samplers_that_have_one() {
        let argument = ("OTEL_TRACES_SAMPLER_ARG", "0.25");
        for (name, parent_based, ratio) in [
            ("parentbased_traceidratio", true, 0.25),
            ("traceidratio", false, 0.25),
            ("always_off", false, 0.0),
            ("parentbased_always_on", true, 1.0),
        ] {
            let sampler = ("OTEL_TRACES_SAMPLER", name);
            let otlp = read(&[ENDPOINT, sampler, argument]).unwrap().unwrap();
            assert_eq!(
                otlp.sampler,
                Sampler {
                    parent_based,
                    ratio
                },
                "{name}"
            );
        }
    }
}
