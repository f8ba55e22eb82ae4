import { systemClock } from '../../../connectors/memory/clocks.ts';
import { PlatformaticDriver } from '../../../connectors/platformatic/driver.ts';
import { securedDriver } from '../kafka-client/secured-driver.ts';

securedDriver('platformatic', (access) => new PlatformaticDriver(access, systemClock));
