//! A strict reader of DER, one object at a time: definite and shortest lengths, nothing left over, no recursion.
//!
//! For what neither certificate parser reads: security objects and algorithm parameters. Not here: any structure.

/// Tags that are read here (X.690 §8).
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0A;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
    /// Context-specific, constructed, 0 to 2.
    pub(crate) const CONTEXT_0: u8 = 0xA0;
    pub(crate) const CONTEXT_1: u8 = 0xA1;
    pub(crate) const CONTEXT_2: u8 = 0xA2;
}

/// Not the DER that was expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NotDer;

/// One object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<'a> {
    pub(crate) tag: u8,
    /// With tag and length.
    pub(crate) raw: &'a [u8],
    pub(crate) content: &'a [u8],
}

/// What is still to be read of some content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DerReader<'a>(&'a [u8]);

impl<'a> DerReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes are left.
    pub(crate) fn remaining(&self) -> usize {
        self.0.len()
    }

    /// Whether the next object has this tag.
    pub(crate) fn is_next(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// The next object, whatever it is. Tags of one byte only.
    pub(crate) fn object(&mut self) -> Result<Object<'a>, NotDer> {
        let all = self.0;
        let (&tag, rest) = all.split_first().ok_or(NotDer)?;
        if tag & 0x1F == 0x1F {
            return Err(NotDer);
        }
        let (length, rest) = match *rest {
            [short @ 0..=0x7F, ref rest @ ..] => (usize::from(short), rest),
            [0x81, length @ 0x80..=0xFF, ref rest @ ..] => (usize::from(length), rest),
            [0x82, high @ 1..=0xFF, low, ref rest @ ..] => {
                (usize::from(u16::from_be_bytes([high, low])), rest)
            }
            // Revocation lists are long: up to 4 GiB can be told.
            [0x83, a @ 1..=0xFF, b, c, ref rest @ ..] => (length_of([0, a, b, c])?, rest),
            [0x84, a @ 1..=0xFF, b, c, d, ref rest @ ..] => (length_of([a, b, c, d])?, rest),
            _ => return Err(NotDer),
        };
        let (content, after) = rest.split_at_checked(length).ok_or(NotDer)?;
        let raw = all.get(..all.len() - after.len()).ok_or(NotDer)?;
        self.0 = after;
        Ok(Object { tag, raw, content })
    }

    /// The next object, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<Object<'a>, NotDer> {
        self.object().and_then(|object| {
            if object.tag == tag {
                Ok(object)
            } else {
                Err(NotDer)
            }
        })
    }

    /// What is inside the next object, which must have this tag.
    pub(crate) fn enter(&mut self, tag: u8) -> Result<Self, NotDer> {
        self.expect(tag).map(|object| Self(object.content))
    }

    /// The next object if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Object<'a>>, NotDer> {
        if self.is_next(tag) {
            self.object().map(Some)
        } else {
            Ok(None)
        }
    }

    /// That nothing is left.
    pub(crate) fn end(self) -> Result<(), NotDer> {
        if self.is_empty() { Ok(()) } else { Err(NotDer) }
    }
}

fn length_of(bytes: [u8; 4]) -> Result<usize, NotDer> {
    usize::try_from(u32::from_be_bytes(bytes)).map_err(|_| NotDer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_one_after_the_other() {
        let mut reader = DerReader::new(&[0x30, 0x03, 0x02, 0x01, 0x05, 0x05, 0x00]);
        let mut inside = reader.enter(tag::SEQUENCE).unwrap();
        assert_eq!(inside.expect(tag::INTEGER).unwrap().content, [5]);
        assert_eq!(inside.end(), Ok(()));
        assert!(reader.optional(tag::SET).unwrap().is_none());
        assert_eq!(reader.optional(tag::NULL).unwrap().unwrap().raw, [5, 0]);
        assert!(reader.object().is_err());
    }

    #[test]
    fn lengths_that_are_not_the_shortest_and_cut_objects_are_refused() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x01],
            &[0x30, 0x80, 0x00, 0x00],
            &[0x30, 0x81, 0x01, 0x00],
            &[0x30, 0x82, 0x00, 0x80],
            &[0x30, 0x83, 0x00, 0x01, 0x00],
            &[0x1F, 0x01, 0x00],
            &[0x04, 0x82, 0x01],
        ] {
            assert!(DerReader::new(bytes).object().is_err(), "{bytes:02X?}");
        }
    }
}
