#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::entry("content").expect("an entry")(bytes));
