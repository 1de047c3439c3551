#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::entry("token").expect("an entry")(bytes));
