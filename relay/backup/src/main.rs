//! `prilavok-backup save DIR FILE.tar`, while the relay runs or not; `prilavok-backup restore FILE.tar DIR`, into a new
//! folder.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["save", dir, to] => backup::save(Path::new(dir), Path::new(to)).map(|tally| ("saved", tally, *to)),
        ["restore", from, dir] => {
            backup::restore(Path::new(from), Path::new(dir)).map(|tally| ("restored", tally, *dir))
        }
        _ => {
            eprintln!("prilavok-backup save DIR FILE.tar\nprilavok-backup restore FILE.tar DIR");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok((what, tally, place)) => {
            println!("{what} {} databases and {} other files: {place}", tally.databases, tally.files);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
