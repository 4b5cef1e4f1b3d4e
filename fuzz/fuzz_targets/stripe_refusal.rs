#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| clearsync_fuzz::stripe_refusal(data));
