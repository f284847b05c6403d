//! Markers in Go, and what they are said of.

/// What something has markers for.
pub struct Said {
    /// The package.
    pub version: String,
    /// The name of the type.
    pub of: String,
    /// Whether it is a kind: a type with metadata.
    pub is_kind: bool,
    /// The field, by its name in objects.
    pub field: Option<String>,
    pub markers: Vec<String>,
}

/// All of a file, but for what only says that a kind is one.
pub fn said(source: &str) -> Vec<Said> {
    let mut all: Vec<Said> = Vec::new();
    let mut markers = Vec::new();
    let (mut version, mut of) = (String::new(), String::new());
    for line in source.lines().map(str::trim) {
        if let Some(marker) = line.strip_prefix("// +") {
            if marker != "kubebuilder:object:root=true" && !marker.starts_with("groupName") {
                markers.push(format!("+{marker}"));
            }
            continue;
        }
        if let Some(package) = line.strip_prefix("package ") {
            package.clone_into(&mut version);
        }
        let mut said = |of: &str, field: Option<String>| Said {
            version: version.clone(),
            of: of.to_owned(),
            is_kind: false,
            field,
            markers: std::mem::take(&mut markers),
        };
        if let Some(named) = line.strip_prefix("type ") {
            of = named.split(' ').next().unwrap_or_default().to_owned();
            all.push(said(&of, None));
        } else if line.starts_with("metav1.TypeMeta") {
            all.last_mut().unwrap().is_kind = true;
        } else if let Some((_, rest)) = line.split_once("`json:\"") {
            let name = rest.split(['"', ',']).next().unwrap_or_default().to_owned();
            all.push(said(&of, Some(name)));
        } else if !line.starts_with("//") {
            markers.clear();
        }
    }
    all.retain(|said| !said.markers.is_empty());
    all
}
