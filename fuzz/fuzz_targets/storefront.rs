#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::entry("storefront").expect("an entry")(bytes));
