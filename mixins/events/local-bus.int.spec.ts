import { describeBus } from "./bus.conformance.fixture.ts";
import { LocalBus } from "./local-bus.ts";

const inOneProcess = async () => {
	const bus = new LocalBus();
	return { connect: () => bus, close: () => bus.close() };
};

describeBus("the local bus", inOneProcess, { isBetweenProcesses: false, hasShortRetries: false });
