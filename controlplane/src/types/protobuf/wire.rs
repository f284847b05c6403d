//! The entries of a message.

/// A field's number and what is there for it.
pub(super) struct Entry<'a> {
    pub(super) number: u32,
    pub(super) payload: Payload<'a>,
}

pub(super) enum Payload<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32,
    /// Another type than there is.
    Unknown(u64),
}

impl<'a> Entry<'a> {
    pub(super) fn varint(&self, field: &str) -> Result<u64, String> {
        match self.payload {
            Payload::Varint(bits) => Ok(bits),
            _ => Err(self.wrong(field)),
        }
    }

    pub(super) fn double(&self, field: &str) -> Result<f64, String> {
        match self.payload {
            Payload::Fixed64(bits) => Ok(f64::from_bits(bits)),
            _ => Err(self.wrong(field)),
        }
    }

    pub(super) fn bytes(&self, field: &str) -> Result<&'a [u8], String> {
        match self.payload {
            Payload::Bytes(bytes) => Ok(bytes),
            _ => Err(self.wrong(field)),
        }
    }

    /// What is said of an entry that nobody asks for: groups are never closed in what Kubernetes writes.
    pub(super) fn skipped(&self) -> Result<(), String> {
        match self.payload {
            Payload::Unknown(3) => Err(END.into()),
            Payload::Unknown(kind) => Err(format!("proto: illegal wireType {kind}")),
            _ => Ok(()),
        }
    }

    fn wrong(&self, field: &str) -> String {
        let kind = match self.payload {
            Payload::Varint(_) => 0,
            Payload::Fixed64(_) => 1,
            Payload::Bytes(_) => 2,
            Payload::Fixed32 => 5,
            Payload::Unknown(kind) => kind,
        };
        format!("proto: wrong wireType = {kind} for field {field}")
    }
}

const END: &str = "unexpected EOF";

/// The entries of a message, whose name an error tells.
pub(super) fn entries<'a>(message: &str, bytes: &'a [u8]) -> Result<Vec<Entry<'a>>, String> {
    let mut reader = Reader { rest: bytes };
    let mut entries = Vec::new();
    while !reader.rest.is_empty() {
        let tag = reader.varint()?;
        let (number, kind) = (tag >> 3, tag & 7);
        if kind == 4 {
            return Err(format!(
                "proto: {message}: wiretype end group for non-group"
            ));
        }
        let number = u32::try_from(number)
            .ok()
            .filter(|it| *it > 0 && *it <= i32::MAX.unsigned_abs());
        let number = number.ok_or_else(|| {
            format!(
                "proto: {message}: illegal tag {} (wire type {kind})",
                tag >> 3
            )
        })?;
        let payload = match kind {
            0 => Payload::Varint(reader.varint()?),
            1 => Payload::Fixed64(u64::from_le_bytes(reader.array()?)),
            2 => {
                let length = usize::try_from(reader.varint()?).map_err(|_| END)?;
                Payload::Bytes(reader.take(length)?)
            }
            5 => {
                reader.array::<4>()?;
                Payload::Fixed32
            }
            _ => Payload::Unknown(kind),
        };
        let is_last = matches!(payload, Payload::Unknown(_));
        entries.push(Entry { number, payload });
        if is_last {
            break;
        }
    }
    Ok(entries)
}

/// Numbers one after another.
pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u64>, String> {
    let mut reader = Reader { rest: bytes };
    let mut numbers = Vec::new();
    while !reader.rest.is_empty() {
        numbers.push(reader.varint()?);
    }
    Ok(numbers)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn varint(&mut self) -> Result<u64, String> {
        let mut bits = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(END)?;
            self.rest = rest;
            bits |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(bits);
            }
        }
        Err("proto: integer overflow".into())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(END)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(END)?;
        self.rest = rest;
        Ok(*taken)
    }
}

/// A message as it is written.
#[derive(Default)]
pub(super) struct Message(pub(super) Vec<u8>);

impl Message {
    pub(super) fn varint(&mut self, number: u32, bits: u64) {
        self.push(u64::from(number) << 3);
        self.push(bits);
    }

    /// Negative ones have all ten bytes.
    pub(super) fn integer(&mut self, number: u32, value: i64) {
        self.varint(number, value.cast_unsigned());
    }

    pub(super) fn double(&mut self, number: u32, value: f64) {
        self.push(u64::from(number) << 3 | 1);
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn bytes(&mut self, number: u32, bytes: &[u8]) {
        self.push(u64::from(number) << 3 | 2);
        self.push(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn push(&mut self, mut bits: u64) {
        while let [low, ..] = bits.to_le_bytes()
            && bits > 0x7f
        {
            self.0.push(low | 0x80);
            bits >>= 7;
        }
        self.0.push(bits.to_le_bytes()[0]);
    }
}
