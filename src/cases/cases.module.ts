import { Module } from '@nestjs/common';
import './cases.policy.js';
import { CasesController } from './cases.controller.js';
import { CasesService } from './cases.service.js';
import { CaseFollowing } from './following.js';

@Module({
  controllers: [CasesController],
  providers: [CasesService, CaseFollowing],
  exports: [CaseFollowing],
})
export class CasesModule {}
