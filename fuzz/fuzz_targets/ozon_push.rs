#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::entry("ozon_push").expect("an entry")(bytes));
