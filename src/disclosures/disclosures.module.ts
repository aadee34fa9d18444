import { Global, Module } from '@nestjs/common';
import { Disclosures } from '../records/audit-recording.js';
import { DisclosureRows } from './disclosure-rows.js';
import { DisclosuresController } from './disclosures.controller.js';
import { DisclosuresService } from './disclosures.service.js';

@Global()
@Module({
  controllers: [DisclosuresController],
  providers: [DisclosuresService, { provide: Disclosures, useClass: DisclosureRows }],
  exports: [Disclosures],
})
export class DisclosuresModule {}
