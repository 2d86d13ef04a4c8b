// A conversation with a skill by virtual-alexa: reads { url, model, locale, skill, screen, steps } from standard input,
// writes what was sent and what came back, turn by turn.
//
// A step is one of: { launch: true }, { say: "what is failing" }, { fill: "4711" } into the slot that was asked for,
// { confirm: true } after a question for a yes or a no to an intent, { intent: "AMAZON.FallbackIntent" } for what no
// sample says, { request: {...} } for any other request, { end: true }.
const fs = require("node:fs");
const { VirtualAlexa } = require("virtual-alexa");
const { SlotMatch, Utterance } = require("virtual-core");

// virtual-alexa takes punctuation out of what is said, and not out of the samples it compares that with.
const PUNCTUATION = /[!"¿?|#$%/()=+\-_<>*·¡[\].,;:]/g;

function spoken(sample) {
  return sample.split(/(\{[^}]*\})/).map((part) => (part.startsWith("{") ? part : part.replace(PUNCTUATION, ""))).join("");
}

function readModel(path) {
  const model = JSON.parse(fs.readFileSync(path, "utf8"));
  for (const intent of model.interactionModel.languageModel.intents) {
    intent.samples = intent.samples.map(spoken);
  }
  return model;
}

async function converse({ url, model, locale, skill, screen, steps }) {
  const alexa = VirtualAlexa.Builder()
    .applicationID(skill)
    .locale(locale)
    .skillURL(url)
    .interactionModel(readModel(model))
    .create();
  alexa.context().user().setID("amzn1.ask.account.AEXAMPLE");

  // Alexa fills a slot of a custom type with whatever was said, and knows some of it.
  const names = alexa.context().interactionModel().slotTypes.slotType("PIPELINE_NAME");
  const known = names.match.bind(names);
  const fixed = names.values;
  names.match = (value) => {
    const match = known(value);
    return match.matches ? match : Object.assign(new SlotMatch(true, value.trim()), { untyped: true });
  };

  let sent;
  alexa.filter((request) => {
    if (screen) {
      request.context.System.device.supportedInterfaces["Alexa.Presentation.APL"] = { runtime: { maxVersion: "2024.2" } };
    }
    sent = request;
  });

  let asked = [];
  const directive = (type) => asked.find((directive) => directive.type === type);
  const turns = [];
  for (const step of steps) {
    let response;
    if (step.launch) {
      response = await alexa.launch();
    } else if (step.say !== undefined) {
      // Not by its own utter(), which takes "tell me about" for a call of some skill.
      const utterance = new Utterance(alexa.context().interactionModel(), step.say);
      if (!utterance.matched()) {
        throw new Error(`no sample says ${step.say}`);
      }
      response = await alexa.request().intent(utterance.intent()).slots(utterance.toJSON()).send();
    } else if (step.fill !== undefined) {
      const { slotToElicit, updatedIntent } = directive("Dialog.ElicitSlot");
      response = await alexa.request().intent(updatedIntent.name, updatedIntent.confirmationStatus).slot(slotToElicit, step.fill).send();
    } else if (step.confirm !== undefined) {
      const { updatedIntent } = directive("Dialog.ConfirmIntent");
      response = await alexa.request().intent(updatedIntent.name, step.confirm ? "CONFIRMED" : "DENIED").send();
    } else if (step.intent !== undefined) {
      response = await alexa.intend(step.intent, step.slots ?? {});
    } else if (step.request !== undefined) {
      const request = alexa.request().launch();
      Object.assign(request.json().request, step.request);
      response = await request.send();
    } else {
      response = await alexa.endSession();
    }
    asked = response.response.directives ?? [];
    const entities = directive("Dialog.UpdateDynamicEntities");
    if (entities) {
      // She hears these words for the rest of the conversation; virtual-alexa leaves them alone.
      names.values = [...entities.types[0].values, ...fixed];
    }
    if (!alexa.context().activeSession() || !asked.some(({ type }) => type.startsWith("Dialog.Elicit") || type === "Dialog.ConfirmIntent")) {
      alexa.dialogManager().reset();
    }
    turns.push({ step, request: sent, response: JSON.parse(JSON.stringify(response)) });
  }
  return turns;
}

converse(JSON.parse(fs.readFileSync(0, "utf8"))).then(
  (turns) => process.stdout.write(JSON.stringify(turns)),
  (error) => {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exitCode = 1;
  },
);
