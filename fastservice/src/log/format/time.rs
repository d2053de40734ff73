use std::time::{SystemTime, UNIX_EPOCH};

/// Appends a time as RFC 3339 in UTC: `2026-11-28T12:00:00.123Z`.
pub(super) fn push(out: &mut Vec<u8>, time: SystemTime) {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seconds, millis) = (since.as_secs(), u64::from(since.subsec_millis()));
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let d = |number: u64, unit: u64| b'0' + (number / unit % 10) as u8;
    #[rustfmt::skip]
    let text = [
        d(year, 1000), d(year, 100), d(year, 10), d(year, 1), b'-',
        d(month, 10), d(month, 1), b'-', d(day, 10), d(day, 1), b'T',
        d(hour, 10), d(hour, 1), b':', d(minute, 10), d(minute, 1), b':',
        d(second, 10), d(second, 1), b'.',
        d(millis, 100), d(millis, 10), d(millis, 1), b'Z',
    ];
    out.extend_from_slice(&text);
}

/// Year, month and day of a day since 1970, in the Gregorian calendar.
// Years are counted from March, so that the leap day is their last one; an era
// is the 400 years after which the calendar repeats. (Howard Hinnant's
// `civil_from_days`.)
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn text(seconds: u64, millis: u64) -> String {
        let mut out = Vec::new();
        push(&mut out, UNIX_EPOCH + Duration::from_millis(seconds * 1000 + millis));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_are_rfc_3339_in_utc() {
        assert_eq!(text(0, 0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(951_782_400, 7), "2000-02-29T00:00:00.007Z");
        assert_eq!(text(1_795_867_200, 123), "2026-11-28T12:00:00.123Z");
        assert_eq!(text(4_107_542_399, 999), "2100-02-28T23:59:59.999Z");
        assert_eq!(text(4_107_542_400, 0), "2100-03-01T00:00:00.000Z");
    }
}
