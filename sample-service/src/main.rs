//! The command line of the service.

fn main() -> std::process::ExitCode {
    sample_service::app().run()
}
