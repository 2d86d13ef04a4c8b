// A skill judged by ask-sdk-test, run by mocha: each reply is checked against the kit's own rules too, among them that a
// question leaves the session open and that an open session has asked something.
const { AlexaTest, AplUserEventRequestBuilder, IntentRequestBuilder, LaunchRequestBuilder, SessionEndedRequestBuilder } =
  require("ask-sdk-test");

const TYPE = "PIPELINE_NAME";

function skill(interfaces, locale = "en-US") {
  const settings = { appId: process.env.SKILL_ID, userId: "amzn1.ask.account.AEXAMPLE", deviceId: "device", locale, interfaces };
  const handler = (event, _context, callback) => {
    const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(event) };
    fetch(process.env.SKILL_URL, request).then((response) => response.json()).then((reply) => callback(null, reply), callback);
  };
  return { settings, test: new AlexaTest(handler, settings) };
}

const intent = (settings, name) => new IntentRequestBuilder(settings, name);
const open = { shouldEndSession: false };
const closed = { shouldEndSession: true, repromptsNothing: true };

describe("without a screen", () => {
  const { settings, test } = skill({});
  test.test([
    { request: new LaunchRequestBuilder(settings).build(), ...open },
    { request: intent(settings, "FailingIntent").build(), ...open, saysLike: "failing" },
    { request: intent(settings, "AMAZON.HelpIntent").build(), ...open },
    { request: intent(settings, "AMAZON.FallbackIntent").build(), ...open },
    { request: intent(settings, "AMAZON.StopIntent").build(), ...closed },
  ], "opens, answers, helps and ends");
  test.test([{ request: intent(settings, "RunningIntent").build(), ...closed }], "answers a single question");
  test.test([{ request: intent(settings, "AMAZON.CancelIntent").build(), ...closed }], "can be cancelled");
  test.test([{ request: intent(settings, "AMAZON.NavigateHomeIntent").build(), ...closed }], "can be left for home");
  test.test([
    { request: intent(settings, "WhyIntent").withEmptySlot("pipeline").build(), ...open, elicitsSlot: "pipeline" },
    { request: intent(settings, "WhyIntent").withSlotResolutionNoMatch("pipeline", "payments api", TYPE).build(), ...open, saysLike: "Payments API failed" },
  ], "asks for the pipeline that nobody named");
  test.test([
    {
      request: intent(settings, "RetryIntent")
        .withSlotResolution("pipeline", "payments api", TYPE, "123456789012/eu-west-1/payments-api").withEmptySlot("code").build(),
      ...open, confirmsIntent: true, saysLike: "payments",
    },
    { request: intent(settings, "AMAZON.NoIntent").build(), ...open },
  ], "asks before it does anything");
  test.test([{ request: new SessionEndedRequestBuilder(settings, "USER_INITIATED").build() }], "says nothing when the session has ended");
});

describe("with a screen", () => {
  const { settings, test } = skill({ apl: true });
  test.test([
    { request: new LaunchRequestBuilder(settings).build(), ...open },
    { request: intent(settings, "OverviewIntent").build(), ...open, renderDocument: { token: "board" } },
    {
      request: new AplUserEventRequestBuilder(settings).withToken("board")
        .withArguments("pipeline", "123456789012/eu-west-1/mobile-bff").build(),
      ...open, saysLike: "Mobile BFF",
    },
  ], "shows the board and answers a touch");
});

describe("in Japanese", () => {
  const { settings, test } = skill({}, "ja-JP");
  test.test([
    { request: new LaunchRequestBuilder(settings).build(), ...open },
    { request: intent(settings, "FailingIntent").build(), ...open },
    { request: intent(settings, "AMAZON.StopIntent").build(), ...closed },
  ], "opens, answers and ends");
});
