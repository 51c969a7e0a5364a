import { describeBus } from "../bus.conformance.fixture.ts";
import { overJetStream } from "./namespace.fixture.ts";

describeBus("JetStream", () => overJetStream(), { isBetweenProcesses: true, hasShortRetries: true });
