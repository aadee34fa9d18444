import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Public } from './authorization/permission.guard.js';
import { Problem } from './http/problems.js';

const STATUS = {
  schema: { type: 'object', required: ['status'], properties: { status: { type: 'string', enum: ['ok'] } } },
};

@Controller('health')
export class HealthController {
  constructor(private readonly source: DataSource) {}

  /** Check whether the process is alive */
  @Get('live')
  @Public('an orchestrator has no token, and the answer holds nothing')
  @ApiOkResponse(STATUS)
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Check whether the service is ready, with its database */
  @Get('ready')
  @Public('an orchestrator has no token, and the answer holds nothing')
  @ApiOkResponse(STATUS)
  async ready(): Promise<{ status: string }> {
    try {
      await this.source.query('SELECT 1');
    } catch {
      throw new Problem(503, 'not-ready', 'Not ready', 'The database does not respond. Repeat the request shortly.', {
        headers: { 'retry-after': '5' },
      });
    }
    return { status: 'ok' };
  }
}
