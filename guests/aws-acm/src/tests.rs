//! The connector against the SDK's double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use alloc::format;
use alloc::string::String;

use lastmile_sdk::testing::specimens::{self, ED25519, P256, RSA_2048 as RSA};
use lastmile_sdk::testing::{Double, Sent};
use lastmile_sdk::{Connector, Deployment, Failure, NetError, document};

use super::AwsAcm;
use super::import::algorithm;

const CONFIG: &str = r#"{ "region": "eu-central-1", "tags": { "team": "edge" } }"#;
const ARN: &str = "arn:aws:acm:eu-central-1:1:certificate/x";
const BY_ARN: &str =
    r#"{ "region": "eu-central-1", "certificate-arn": "arn:aws:acm:eu-central-1:1:certificate/x" }"#;

const OWN: &str = r#"{"Tags":[{"Key":"lastmile-target","Value":"test-target"}]}"#;

fn ours(config: &str) -> (Double, Deployment) {
    (Double::granting(AwsAcm::capabilities(config).unwrap()), specimens::deployment(config))
}

fn held(pem: &str) -> String {
    format!("{{\"Certificate\":\"{}\",\"CertificateChain\":\"root\"}}", document::json(pem))
}

fn list() -> String {
    format!(r#"{{"CertificateSummaryList":[{{"CertificateArn":"{ARN}","DomainName":"example.test"}}]}}"#)
}

fn imported() -> String {
    format!(r#"{{"CertificateArn":"{ARN}"}}"#)
}

fn operations(sandbox: &Double) -> alloc::vec::Vec<String> {
    let name = |sent: &Sent| sent.headers["x-amz-target"].rsplit('.').next().unwrap().into();
    sandbox.requests.borrow().iter().map(name).collect()
}

#[test]
fn a_first_import_carries_tags_and_the_sealed_key() {
    let (mut sandbox, deployment) = ours(CONFIG);
    sandbox.answer(200, r#"{"CertificateSummaryList":[]}"#);
    sandbox.answer(200, &imported());
    sandbox.answer(200, &held(P256));
    let receipt = AwsAcm::deploy(&mut sandbox, &deployment).unwrap();
    assert!(receipt.changed && receipt.reference == ARN);
    assert_eq!(operations(&sandbox), ["ListCertificates", "ImportCertificate", "GetCertificate"]);
    let requests = sandbox.requests.borrow();
    assert!(requests[0].body.contains("EC_secp521r1") && requests[0].body.contains("RSA_1024"));
    let body = requests[1].body.replace("«private key»", "a2V5");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["PrivateKey"], "a2V5");
    assert_eq!(body["Tags"][0]["Value"], "test-target");
    assert_eq!(body["Tags"][1]["Key"], "team");
    assert_eq!(body["CertificateChain"], document::base64(RSA.as_bytes()));
}

#[test]
fn what_is_there_is_not_imported_again() {
    for config in [CONFIG, BY_ARN] {
        let (mut sandbox, deployment) = ours(config);
        if config == CONFIG {
            sandbox.answer(200, &list());
        }
        sandbox.answer(200, &held(P256));
        sandbox.answer(200, r#"{"Tags":[]}"#);
        let receipt = AwsAcm::deploy(&mut sandbox, &deployment).unwrap();
        assert!(!receipt.changed && receipt.reference == ARN);
        assert!(!operations(&sandbox).contains(&"ImportCertificate".into()));
    }
}

#[test]
fn a_renewal_goes_over_the_same_arn_without_tags() {
    let (mut sandbox, deployment) = ours(CONFIG);
    sandbox.answer(200, &list());
    sandbox.answer(200, &held(RSA));
    sandbox.answer(200, OWN);
    sandbox.answer(200, r#"{"Certificate":{"KeyAlgorithm":"EC_prime256v1"}}"#);
    sandbox.answer(200, &imported());
    sandbox.answer(200, &held(P256));
    assert!(AwsAcm::deploy(&mut sandbox, &deployment).unwrap().changed);
    let requests = sandbox.requests.borrow();
    let import = &requests[4].body;
    assert!(import.contains(ARN) && !import.contains("Tags"), "{import}");
}

#[test]
fn a_foreign_copy_is_no_reason_to_leave_ours_old() {
    let foreign = ARN.replace("/x", "/foreign");
    let both = |first: &str, second: &str| {
        let one = |arn: &str| format!(r#"{{"CertificateArn":"{arn}","DomainName":"example.test"}}"#);
        format!(r#"{{"CertificateSummaryList":[{},{}]}}"#, one(first), one(second))
    };
    for foreign_first in [true, false] {
        let (mut sandbox, deployment) = ours(CONFIG);
        let all = if foreign_first { both(&foreign, ARN) } else { both(ARN, &foreign) };
        sandbox.answer(200, &all);
        for is_foreign in [foreign_first, !foreign_first] {
            sandbox.answer(200, &held(if is_foreign { P256 } else { RSA }));
            sandbox.answer(200, if is_foreign { r#"{"Tags":[]}"# } else { OWN });
        }
        sandbox.answer(200, r#"{"Certificate":{"KeyAlgorithm":"EC_prime256v1"}}"#);
        sandbox.answer(200, &imported());
        sandbox.answer(200, &held(P256));
        let receipt = AwsAcm::deploy(&mut sandbox, &deployment).unwrap();
        assert!(receipt.changed && receipt.reference == ARN);
        assert!(sandbox.requests.borrow()[6].body.contains(ARN), "over our own ARN");
    }
}

#[test]
fn another_kind_of_key_is_told_before_the_call() {
    let (mut sandbox, deployment) = ours(BY_ARN);
    sandbox.answer(200, &held(RSA));
    sandbox.answer(200, r#"{"Certificate":{"KeyAlgorithm":"RSA-2048"}}"#);
    let failure = AwsAcm::deploy(&mut sandbox, &deployment).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text) if text.contains("new ARN")));
}

#[test]
fn failures_say_who_is_at_fault() {
    let after = |status, body: &str| {
        let (mut sandbox, deployment) = ours(BY_ARN);
        sandbox.on("POST /", status, body);
        AwsAcm::deploy(&mut sandbox, &deployment).unwrap_err()
    };
    assert!(matches!(after(400, r#"{"__type":"x#ThrottlingException"}"#), Failure::Unavailable(_)));
    assert!(matches!(after(400, r#"{"__type":"LimitExceededException"}"#), Failure::Rejected(_)));
    assert!(matches!(after(400, r#"{"__type":"ResourceNotFoundException"}"#), Failure::Rejected(_)));
    assert!(matches!(after(403, "<Code>SignatureDoesNotMatch</Code>"), Failure::Denied(_)));
    assert!(matches!(after(500, "oops"), Failure::Unavailable(_)));
}

#[test]
fn throttling_is_waited_for_and_the_quota_is_not() {
    let (mut sandbox, deployment) = ours(BY_ARN);
    sandbox.answer(400, r#"{"__type":"ThrottlingException"}"#);
    sandbox.answer(200, &held(P256));
    assert!(!AwsAcm::deploy(&mut sandbox, &deployment).unwrap().changed);
    assert_eq!(*sandbox.waits.borrow(), [1000]);
    let (mut sandbox, deployment) = ours(CONFIG);
    sandbox.answer(200, r#"{"CertificateSummaryList":[]}"#);
    sandbox.answer(400, r#"{"__type":"LimitExceededException","message":"in the last year"}"#);
    let failure = AwsAcm::deploy(&mut sandbox, &deployment).unwrap_err();
    assert!(matches!(failure, Failure::Rejected(text)
        if text == "import: ImportCertificate: 400 LimitExceededException: in the last year"));
    assert!(sandbox.waits.borrow().is_empty());
}

/// What comes of an import whose answer never came, when ACM then has this to say.
fn cut(then: impl FnOnce(&mut Double)) -> Result<bool, Failure> {
    let (mut sandbox, deployment) = ours(CONFIG);
    sandbox.answer(200, r#"{"CertificateSummaryList":[]}"#);
    sandbox.fail(NetError::Unreachable("reset".into()));
    then(&mut sandbox);
    let result = AwsAcm::deploy(&mut sandbox, &deployment).map(|receipt| receipt.changed);
    let imports = operations(&sandbox).iter().filter(|name| *name == "ImportCertificate").count();
    assert_eq!(imports, 1, "never twice");
    result
}

#[test]
fn a_line_cut_behind_the_import_is_settled_by_what_acm_holds() {
    let done = cut(|sandbox| {
        sandbox.answer(200, &list());
        sandbox.answer(200, &held(P256));
        sandbox.answer(200, OWN);
    });
    assert!(done.unwrap(), "changed, though no answer to the import came");
    let undone = cut(|sandbox| sandbox.answer(200, r#"{"CertificateSummaryList":[]}"#));
    assert!(matches!(undone, Err(Failure::Unavailable(_))));
    assert!(matches!(cut(|_| {}), Err(Failure::Uncertain(_))));
}

#[test]
fn before_the_import_a_cut_line_is_worth_another_try() {
    let (mut sandbox, deployment) = ours(CONFIG);
    sandbox.fail(NetError::Unreachable("reset".into()));
    assert!(matches!(AwsAcm::deploy(&mut sandbox, &deployment), Err(Failure::Unavailable(_))));
}

#[test]
fn pages_are_followed_and_end() {
    let (mut sandbox, deployment) = ours(CONFIG);
    for _ in 0..100 {
        sandbox.answer(200, r#"{"CertificateSummaryList":[],"NextToken":"t"}"#);
    }
    assert!(matches!(AwsAcm::deploy(&mut sandbox, &deployment), Err(Failure::Rejected(_))));
    assert!(sandbox.requests.borrow()[1].body.contains(r#""NextToken":"t""#));
}

#[test]
fn the_kind_of_key_is_read_from_the_leaf() {
    assert_eq!(algorithm(P256).unwrap(), "EC_prime256v1");
    assert_eq!(algorithm(RSA).unwrap(), "RSA_2048");
    assert_eq!(algorithm(include_str!("tests/p521.pem")).unwrap(), "EC_secp521r1");
    assert!(matches!(algorithm(ED25519), Err(Failure::Rejected(_))));
}

#[test]
fn endpoints_follow_the_partition() {
    let endpoint = |region: &str| {
        AwsAcm::read(&format!(r#"{{ "region": "{region}" }}"#)).map(|config| config.endpoint).unwrap()
    };
    assert_eq!(endpoint("eu-central-1"), "https://acm.eu-central-1.amazonaws.com:443");
    assert_eq!(endpoint("cn-north-1"), "https://acm.cn-north-1.amazonaws.com.cn:443");
    assert_eq!(endpoint("us-gov-west-1"), "https://acm.us-gov-west-1.amazonaws.com:443");
    assert_eq!(endpoint("eusc-de-east-1"), "https://acm.eusc-de-east-1.amazonaws.eu:443");
    assert_eq!(endpoint("us-iso-east-1"), "https://acm.us-iso-east-1.c2s.ic.gov:443");
    assert_eq!(endpoint("us-isob-east-1"), "https://acm.us-isob-east-1.sc2s.sgov.gov:443");
    assert_eq!(endpoint("eu-isoe-west-1"), "https://acm.eu-isoe-west-1.cloud.adc-e.uk:443");
    assert_eq!(endpoint("us-isof-south-1"), "https://acm.us-isof-south-1.csp.hci.ic.gov:443");
    let wrong = r#"{ "region": "eu-west-1", "certificate-arn": "arn:aws:acm:eu-central-1:1:certificate/x" }"#;
    assert_eq!(AwsAcm::capabilities(wrong).unwrap_err()[0].pointer, "/certificate-arn");
    let partition =
        r#"{ "region": "cn-north-1", "certificate-arn": "arn:aws:acm:cn-north-1:1:certificate/x" }"#;
    let problem = AwsAcm::capabilities(partition).unwrap_err().remove(0);
    assert_eq!(problem.message, "write an ARN of ACM in the region: `arn:aws-cn:acm:cn-north-1:…`");
    assert_eq!(AwsAcm::capabilities(r#"{ "region": "eu/../x" }"#).unwrap_err()[0].pointer, "/region");
}
