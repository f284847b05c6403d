//! Signs the tokens of ServiceAccounts and knows its own.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ring::{
    digest::{SHA256, digest},
    error::Unspecified,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
        UnparsedPublicKey,
    },
};
use serde_json::{Value, json};

/// What comes before a point of P-256 to make it a `SubjectPublicKeyInfo`.
const PUBLIC_KEY_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Signs the tokens of ServiceAccounts, as ES256 JSON web tokens, and knows its own.
pub struct Issuer {
    url: String,
    key: EcdsaKeyPair,
    key_id: String,
}

/// A token, read. Nothing is known of its truth but what [`Issuer::is_genuine`] says.
pub(super) struct Token<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    header: Value,
    pub(super) claims: Value,
}

impl Issuer {
    /// One with a new key, from the system's randomness: signatures differ from run to run, claims don't. `url` is
    /// who it says it is, and the audience of tokens that ask for none.
    pub fn new(url: &str) -> Result<Self, Unspecified> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random)?;
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random)
            .map_err(|_| Unspecified)?;
        let public_key = [&PUBLIC_KEY_HEAD, key.public_key().as_ref()].concat();
        Ok(Self {
            url: url.to_owned(),
            key_id: BASE64.encode(digest(&SHA256, &public_key)),
            key,
        })
    }

    /// `iss` of its tokens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A token with some claims.
    pub(super) fn sign(&self, claims: &Value) -> Result<String, Unspecified> {
        let header = json!({"alg": "ES256", "kid": self.key_id});
        let signed = format!(
            "{}.{}",
            BASE64.encode(header.to_string()),
            BASE64.encode(claims.to_string())
        );
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes())?;
        Ok(format!("{signed}.{}", BASE64.encode(signature)))
    }

    /// Whether it signed a token itself; if not, why not, in the server's words.
    pub(super) fn is_genuine(&self, token: &Token) -> Result<(), &'static str> {
        let key_id = token.header["kid"].as_str().unwrap_or_default();
        if !key_id.is_empty() && key_id != self.key_id {
            return Err("invalid signature, no keys found");
        }
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key());
        key.verify(token.signed.as_bytes(), &token.signature)
            .map_err(|Unspecified| "go-jose/go-jose: error in cryptographic primitive")
    }

    /// `/openid/v1/jwks`: its public key.
    pub fn keys(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        json!({"keys": [{
            "use": "sig", "kty": "EC", "kid": self.key_id, "crv": "P-256", "alg": "ES256",
            "x": BASE64.encode(x), "y": BASE64.encode(y),
        }]})
    }

    /// `/.well-known/openid-configuration`. `keys_url` is where others find [`Issuer::keys`].
    pub fn configuration(&self, keys_url: &str) -> Value {
        json!({
            "issuer": self.url,
            "jwks_uri": keys_url,
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    }
}

impl<'a> Token<'a> {
    /// Reads a token; none where it isn't one.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let json = |part: &str| -> Option<Value> {
            let value = serde_json::from_slice(&BASE64.decode(part).ok()?).ok()?;
            Some(value).filter(Value::is_object)
        };
        Some(Self {
            signed,
            signature: BASE64.decode(signature).ok()?,
            header: json(header)?,
            claims: json(claims)?,
        })
    }
}
