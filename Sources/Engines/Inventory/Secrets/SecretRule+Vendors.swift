import WaybillCore

extension SecretRule {
    /// Tokens of more services: those that show their kind, and those that only the name before them tells.
    static let vendors: [SecretRule] = shaped.map(\.rule) + named.map(\.rule)

    /// A token whose own shape says what it is.
    private struct Shaped {
        var id: String, title: String, keywords: [String], value: String, entropy: Double
        init(_ id: String, _ title: String, _ keywords: [String], _ value: String, _ entropy: Double = 2) {
            (self.id, self.title, self.keywords, self.value, self.entropy) = (id, title, keywords, value, entropy)
        }

        var rule: SecretRule {
            SecretRule(
                id: id, title: title, pattern: #"(?:^|[^A-Za-z0-9_])("# + value + #")(?:[^A-Za-z0-9_-]|$)"#,
                keywords: keywords, entropyMin: entropy,
                // Common words begin some of them: the less is looked at, the better.
                reach: Reach(before: 48, behind: value.contains("00}") || value.contains("20}") ? 1000 : 300))
        }
    }

    /// A value that is assigned to something with the service's name.
    private struct Named {
        var id: String, title: String, words: [String], value: String, entropy: Double
        /// RE2 for the words, where their case matters.
        var spelling: String?
        init(
            _ id: String, _ title: String, _ words: [String], _ value: String, _ entropy: Double = 2.5,
            spelling: String? = nil
        ) {
            (self.id, self.title, self.words, self.value, self.entropy) = (id, title, words, value, entropy)
            self.spelling = spelling
        }

        var rule: SecretRule {
            SecretRule(
                id: id, title: title, severity: .medium,
                pattern: #"(?i)(?:"# + (spelling ?? words.joined(separator: "|"))
                    + #")[\w .\t-]{0,24}["'\s]{0,3}(?:=>|\|\||\?=|:{1,3}=|[:=>,])["'`\s=]{0,5}("# + value
                    + #")(?:["'`\s;]|\\[nr]|$)"#,
                keywords: words, entropyMin: entropy, reach: Reach(before: 32, behind: 320))
        }
    }

    private static let uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

    /// In the form of a UUID, with whatever letters.
    private static let word = "[a-z0-9]{8}(?:-[a-z0-9]{4}){3}-[a-z0-9]{12}"

    private static let shaped: [Shaped] = [
        Shaped("adobe-client-secret", "Adobe client secret", ["p8e-"], "p8e-[A-Za-z0-9]{32}"),
        Shaped("airtable-token", "Airtable token", ["airtable"], "pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}"),
        Shaped("alibaba-access-key-id", "Alibaba Cloud access key", ["LTAI"], "LTAI[A-Za-z0-9]{20}"),
        Shaped("artifactory-api-key", "Artifactory API key", ["AKCp"], "AKCp[A-Za-z0-9]{69}", 4),
        Shaped("artifactory-reference-token", "Artifactory reference token", ["cmVmd"], "cmVmd[A-Za-z0-9]{59}", 4),
        Shaped("atlassian-token", "Atlassian token", ["ATATT3"], "ATATT3[\\w=-]{186}", 3.5),
        Shaped(
            "authress-key", "Authress service client key", ["sc_", "ext_", "scauth_", "authress_"],
            "(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\\.[A-Za-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[\\w+/=-]{30,120}"
        ),
        Shaped(
            "bedrock-short-key", "Amazon Bedrock short-lived key", ["bedrock-api-key-"],
            "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"),
        Shaped("clickhouse-key", "ClickHouse Cloud API secret", ["4b1d"], "4b1d[A-Za-z0-9]{38}", 3),
        Shaped("clojars-token", "Clojars token", ["clojars_"], "(?i)clojars_[a-z0-9]{60}"),
        Shaped("cloudflare-origin-key", "Cloudflare origin CA key", ["v1.0-"], "v1\\.0-[a-f0-9]{24}-[a-f0-9]{146}"),
        Shaped("defined-networking-token", "Defined Networking token", ["dnkey-"], "dnkey-[\\w=-]{26}-[\\w=-]{52}"),
        Shaped("duffel-token", "Duffel token", ["duffel_"], "duffel_(?:test|live)_[\\w=-]{43}"),
        Shaped("dynatrace-token", "Dynatrace token", ["dt0c01."], "dt0c01\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{64}", 3.5),
        Shaped("easypost-token", "EasyPost token", ["EZAK", "EZTK"], "EZ[AT]K[A-Za-z0-9]{54}"),
        Shaped(
            "flutterwave-key", "Flutterwave key", ["FLWSECK_TEST", "FLWPUBK_TEST"],
            "FLW(?:SECK|PUBK)_TEST-[A-Ha-h0-9]{12}(?:[A-Ha-h0-9]{20}-X)?"),
        Shaped(
            "flyio-token", "Fly.io token", ["fo1_", "fm1", "fm2_"],
            "fo1_[\\w-]{43}|fm1[ar]_[A-Za-z0-9+/]{100,600}={0,3}|fm2_[A-Za-z0-9+/]{100,600}={0,3}", 3.5),
        Shaped("frameio-token", "Frame.io token", ["fio-u-"], "fio-u-[\\w=-]{64}"),
        Shaped("gitlab-ci-token", "GitLab CI job token", ["glcbt-"], "glcbt-[0-9A-Za-z]{1,5}_[\\w-]{20}", 3),
        Shaped(
            "gitlab-other-token", "GitLab token", ["glffct-", "gloas-", "GR1348941"],
            "glffct-[\\w-]{20}|gloas-[\\w-]{64}|GR1348941[\\w-]{20}", 3),
        Shaped("gitlab-session", "GitLab session", ["_gitlab_session="], "_gitlab_session=[0-9a-z]{32}", 3),
        Shaped("grafana-api-key", "Grafana API key", ["eyJrIjoi"], "eyJrIjoi[A-Za-z0-9]{70,400}={0,3}", 3),
        Shaped(
            "harness-key", "Harness API key", ["pat.", "sat."],
            "[ps]at\\.[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}", 3),
        Shaped(
            "terraform-token", "Terraform Cloud token", ["atlasv1"], "[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,70}", 3.5),
        Shaped("mailgun-key", "Mailgun key", ["mailgun"], "(?:pub)?key-[a-f0-9]{32}"),
        Shaped("mapbox-token", "Mapbox token", ["mapbox"], "pk\\.[A-Za-z0-9]{60}\\.[A-Za-z0-9]{22}"),
        Shaped("maxmind-key", "MaxMind licence key", ["_mmk"], "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", 3.5),
        Shaped(
            "teams-webhook", "Microsoft Teams webhook", ["webhook.office.com"],
            "https://[a-z0-9]+\\.webhook\\.office\\.com/webhookb2/\(word)@\(word)/IncomingWebhook/[a-z0-9]{32}/\(word)"),
        Shaped("newrelic-other-key", "New Relic key", ["NRJS-", "NRII-"], "NRJS-[a-f0-9]{19}|NRII-[A-Za-z0-9-]{32}"),
        Shaped("openshift-token", "OpenShift user token", ["sha256~"], "sha256~[\\w-]{43}", 3.5),
        Shaped("perplexity-key", "Perplexity API key", ["pplx-"], "pplx-[A-Za-z0-9]{48}", 3.5),
        Shaped(
            "plaid-token", "Plaid access token", ["access-sandbox-", "access-development-", "access-production-"],
            "access-(?:sandbox|development|production)-\(uuid)"),
        Shaped("scalingo-token", "Scalingo token", ["tk-us-"], "tk-us-[\\w-]{48}"),
        Shaped("sendgrid-token", "SendGrid token", ["SG."], "SG\\.[\\w=.-]{66}", 3),
        Shaped("sendinblue-key", "Brevo key", ["xkeysib-"], "xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
        Shaped(
            "sentry-org-token", "Sentry organisation token", ["sntrys_eyJ"],
            "sntrys_eyJpYXQiO[A-Za-z0-9+/]{20,420}={0,2}_[A-Za-z0-9+/]{43}", 4.3),
        Shaped("sentry-user-token", "Sentry user token", ["sntryu_"], "sntryu_[a-f0-9]{64}", 3.2),
        Shaped(
            "settlemint-token", "SettleMint token", ["sm_aat", "sm_pat", "sm_sat"], "sm_[aps]at_[A-Za-z0-9]{16}", 3),
        Shaped("shippo-token", "Shippo token", ["shippo_"], "shippo_(?:live|test)_[A-Fa-f0-9]{40}"),
        Shaped("slack-legacy-bot", "Slack bot token", ["xoxb"], "xoxb-[0-9]{8,14}-[A-Za-z0-9]{18,26}"),
        Shaped("slack-rotating", "Slack rotating token", ["xoxe"], "(?i)xoxe(?:\\.xox[bp])?-[0-9]-[A-Z0-9]{146,166}"),
        Shaped("square-token", "Square token", ["sq0atp-", "EAAA"], "(?:EAAA|sq0atp-)[\\w-]{22,60}", 3),
        Shaped("typeform-token", "Typeform token", ["tfp_"], "tfp_[\\w.=-]{59}"),
        Shaped(
            "yandex-token", "Yandex token", ["yandex"],
            "t1\\.[\\w-]{1,400}={0,2}\\.[\\w-]{86}={0,2}|AQVN[\\w-]{35,38}|YC[\\w-]{38}"),
    ]

    private static let named: [Named] = [
        Named("adafruit-key", "Adafruit key", ["adafruit"], "[\\w-]{32}"),
        Named("adobe-client-id", "Adobe client id", ["adobe"], "[a-f0-9]{32}"),
        Named("airtable-key", "Airtable key", ["airtable"], "[a-z0-9]{17}"),
        Named("algolia-key", "Algolia key", ["algolia"], "[a-z0-9]{32}"),
        Named("alibaba-secret-key", "Alibaba Cloud secret key", ["alibaba"], "[a-z0-9]{30}"),
        Named("asana-secret", "Asana secret", ["asana"], "[0-9]{16}|[a-z0-9]{32}"),
        Named(
            "atlassian-legacy-token", "Atlassian token", ["atlassian", "confluence", "jira"], "[a-z0-9]{20}[a-f0-9]{4}",
            3),
        Named("beamer-token", "Beamer token", ["beamer"], "b_[\\w=-]{44}"),
        Named("bitbucket-secret", "Bitbucket secret", ["bitbucket"], "[a-z0-9]{32}|[\\w=-]{64}"),
        Named("bittrex-key", "Bittrex key", ["bittrex"], "[a-z0-9]{32}"),
        Named("meraki-key", "Cisco Meraki key", ["meraki"], "[0-9a-f]{40}"),
        Named("cloudflare-key", "Cloudflare key", ["cloudflare"], "[\\w-]{40}|[a-f0-9]{37}"),
        Named("codecov-token", "Codecov token", ["codecov"], "[a-z0-9]{32}"),
        Named("cohere-key", "Cohere key", ["cohere", "co_api_key"], "[a-zA-Z0-9]{40}", 3.5),
        Named("coinbase-token", "Coinbase token", ["coinbase"], "[\\w-]{64}"),
        Named("confluent-key", "Confluent key", ["confluent"], "[a-z0-9]{16}|[a-z0-9]{64}"),
        Named("contentful-token", "Contentful token", ["contentful"], "[\\w=-]{43}"),
        Named("datadog-token", "Datadog token", ["datadog"], "[a-z0-9]{40}"),
        Named("discord-secret", "Discord secret", ["discord"], "[a-f0-9]{64}|[0-9]{18}|[\\w=-]{32}"),
        Named("drone-token", "Drone CI token", ["droneci"], "[a-z0-9]{32}"),
        Named(
            "dropbox-token", "Dropbox token", ["dropbox"],
            "[a-z0-9]{15}|[a-z0-9]{11}AAAAAAAAAA[\\w=-]{43}|sl\\.[\\w=-]{135}"),
        Named("etsy-token", "Etsy token", ["etsy"], "[a-z0-9]{24}", 3),
        Named("facebook-secret", "Facebook secret", ["facebook"], "[a-f0-9]{32}", 3),
        Named("fastly-token", "Fastly token", ["fastly"], "[\\w=-]{32}"),
        Named("finicity-secret", "Finicity secret", ["finicity"], "[a-f0-9]{32}|[a-z0-9]{20}"),
        Named("finnhub-token", "Finnhub token", ["finnhub"], "[a-z0-9]{20}"),
        Named("flickr-token", "Flickr token", ["flickr"], "[a-z0-9]{32}"),
        Named("freshbooks-token", "FreshBooks token", ["freshbooks"], "[a-z0-9]{64}"),
        Named("gitter-token", "Gitter token", ["gitter"], "[\\w-]{40}"),
        Named("gocardless-token", "GoCardless token", ["gocardless"], "live_[\\w=-]{40}"),
        Named("heroku-key", "Heroku key", ["heroku"], uuid),
        Named("hubspot-key", "HubSpot key", ["hubspot"], uuid),
        Named("intercom-key", "Intercom key", ["intercom"], "[\\w=-]{60}"),
        Named("jfrog-key", "JFrog key", ["jfrog", "artifactory", "bintray", "xray"], "[a-z0-9]{73}|[a-z0-9]{64}"),
        Named("kraken-token", "Kraken token", ["kraken"], "[\\w/=+-]{80,90}"),
        Named("kucoin-key", "KuCoin key", ["kucoin"], "[a-f0-9]{24}|\(uuid)"),
        Named("launchdarkly-token", "LaunchDarkly token", ["launchdarkly"], "[\\w=-]{40}"),
        Named("linear-client-secret", "Linear client secret", ["linear"], "[a-f0-9]{32}", 3),
        Named(
            "linkedin-secret", "LinkedIn secret", ["linkedin", "linked_in", "linked-in"], "[a-z0-9]{14}|[a-z0-9]{16}",
            2.5),
        Named("lob-key", "Lob key", ["lob"], "(?:live|test)_(?:pub_)?[a-f0-9]{31,35}"),
        Named("looker-secret", "Looker secret", ["looker"], "[a-z0-9]{20}|[a-z0-9]{24}"),
        Named("mailchimp-key", "Mailchimp key", ["mailchimp"], "[a-f0-9]{32}-us[0-9]{1,2}"),
        Named("mailgun-signing-key", "Mailgun signing key", ["mailgun"], "[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}"),
        Named("mattermost-token", "Mattermost token", ["mattermost"], "[a-z0-9]{26}"),
        Named(
            "messagebird-key", "MessageBird key", ["messagebird", "message_bird", "message-bird"],
            "[a-z0-9]{25}|\(uuid)"),
        Named("netlify-token", "Netlify token", ["netlify"], "[\\w=-]{40,46}"),
        Named("newrelic-id", "New Relic key", ["newrelic", "new_relic", "new-relic"], "[a-z0-9]{64}"),
        Named("nytimes-token", "New York Times token", ["nytimes", "newyorktimes", "new-york-times"], "[\\w=-]{32}"),
        Named("okta-token", "Okta token", ["okta"], "00[\\w=-]{40}", 3.5),
        Named("plaid-secret", "Plaid secret", ["plaid"], "[a-z0-9]{24}|[a-z0-9]{30}", 3.3),
        Named("private-ai-token", "Private AI token", ["privateai", "private_ai", "private-ai"], "[a-z0-9]{32}", 3),
        Named("rapidapi-token", "RapidAPI token", ["rapidapi"], "[\\w-]{50}"),
        Named("sendbird-token", "Sendbird token", ["sendbird"], "[a-f0-9]{40}|\(uuid)"),
        Named("sentry-token", "Sentry token", ["sentry"], "[a-f0-9]{64}", 3),
        Named("sidekiq-secret", "Sidekiq credentials", ["contribsys__com"], "[a-f0-9]{8}:[a-f0-9]{8}"),
        Named("snyk-token", "Snyk token", ["snyk"], uuid),
        Named(
            "sonar-token", "SonarQube token",
            [
                "sonar.login", "sonar.token", "sonar_login", "sonar_token", "sonar-login", "sonar-token", "sonarlogin",
                "sonartoken",
            ], "(?:sq[upa]_)?[\\w=-]{40}"),
        Named("squarespace-token", "Squarespace token", ["squarespace"], uuid),
        Named(
            "sumologic-key", "Sumo Logic key", ["sumo"], "su[a-z0-9]{12}|[a-z0-9]{64}", 3,
            spelling: "(?-i:[Ss]umo|SUMO)"),
        Named("telegram-token", "Telegram bot token", ["telegr"], "[0-9]{5,16}:(?-i:A)[\\w-]{34}", 3),
        Named("travis-token", "Travis CI token", ["travis"], "[a-z0-9]{22}"),
        Named("twitch-token", "Twitch token", ["twitch"], "[a-z0-9]{30}"),
        Named(
            "twitter-secret", "Twitter secret", ["twitter"],
            "[a-z0-9]{25}|[a-z0-9]{45}|[a-z0-9]{50}|[0-9]{15,25}-[a-z0-9]{20,40}|A{22}[a-z0-9%]{80,100}"),
        Named("zendesk-key", "Zendesk key", ["zendesk"], "[a-z0-9]{40}"),
    ]
}
