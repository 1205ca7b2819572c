//! C-APDUs as a played card reads them off the link.

use varco_apdu::{CommandApdu, LengthForm};

/// Whatever is read is written back as it came.
pub fn target(data: &[u8]) {
    let Ok((command, form)) = CommandApdu::parse(data) else {
        return;
    };
    assert_eq!(command.encode(form).unwrap().as_slice(), data);
    assert!(form == LengthForm::Extended || command.fits_short());
    assert!(command.expected().is_none_or(|le| (1..=65_536).contains(&le)));
    let shown = format!("{command:?}");
    assert!(shown.len() < 100, "a command's Debug holds no data: {shown}");
    if command.fits_short() {
        let short = command.encode(LengthForm::Short).unwrap();
        let (again, _) = CommandApdu::parse(&short).unwrap();
        assert_eq!(
            (again.data(), again.expected()),
            (command.data(), command.expected())
        );
    }
}

/// One of each case and form.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let verify = CommandApdu::new(0x00, 0x20, 0x00, 0x90).with_data(b"12345\xFF\xFF\xFF");
    let read = CommandApdu::new(0x00, 0xB0, 0x00, 0x00).expecting(256);
    let sign = CommandApdu::new(0x00, 0x2A, 0x80, 0x86)
        .with_data(&[0x5A; 129])
        .expecting(256);
    let mut seeds = vec![vec![0x00, 0x20, 0x00, 0x90]];
    for form in [LengthForm::Short, LengthForm::Extended] {
        seeds.extend([&verify, &read, &sign].map(|command| command.encode(form).unwrap().to_vec()));
    }
    seeds
}
