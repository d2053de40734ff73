//! Endpoints in modules, open or closed; none of them is unused code.

pub(crate) mod open {
    use fastservice::prelude::*;

    /// An endpoint that others may call.
    #[public_api(get = "/open")]
    pub(in super::super) async fn open() -> &'static str {
        "open"
    }

    #[public_api(get = "/crate")]
    pub(crate) async fn in_crate() -> &'static str {
        "crate"
    }

    #[public_api(get = "/in")]
    pub(in crate::pass::visibility) async fn in_module() -> &'static str {
        "in"
    }
}

mod closed {
    mod inner {
        use fastservice::prelude::{private_api, public_api};

        #[public_api(get = "/closed")]
        async fn closed() -> &'static str {
            "closed"
        }

        mod not_served_here {
            #[super::private_api(get = "/closed", scope = "read:items", m2m)]
            async fn closed() {}
        }
    }
}

#[tokio::test]
async fn endpoints_need_no_visibility() {
    assert_eq!(super::get("ui::pass::visibility::open", "/open").await, "open");
    assert_eq!(super::get("ui::pass::visibility::open", "/crate").await, "crate");
    assert_eq!(super::get("ui::pass::visibility::open", "/in").await, "in");
}
