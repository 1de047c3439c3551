#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::entry("ozon_request").expect("an entry")(bytes));
