//! The command line of the sample service.

fn main() -> std::process::ExitCode {
    sample_service::app().run()
}
