"""What the clock looks for, so that SQLite finds it too: nothing in the conditions but that there is a time.

SQLite decides on an index before it knows the values that are asked for: one whose condition names states was
never used, and each pass walked through every referral there ever was.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="referral", name="referral_clock_end"),
        migrations.RemoveIndex(model_name="referral", name="referral_clock_late"),
        migrations.RemoveIndex(model_name="referral", name="referral_clock_escalate"),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                fields=["state", "expires_at"],
                name="referral_clock_end",
                condition=models.Q(expires_at__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                fields=["state", "told", "respond_by"],
                name="referral_clock_late",
                condition=models.Q(respond_by__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                fields=["state", "told", "escalate_at"],
                name="referral_clock_escalate",
                condition=models.Q(escalate_at__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="referraluserpermission",
            index=models.Index(
                fields=["permission", "expires_at"],
                name="referral_share_clock",
                condition=models.Q(expires_at__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="caseuserpermission",
            index=models.Index(fields=["content_object", "permission"], name="case_grant_holders"),
        ),
        migrations.AddIndex(
            model_name="referraluserpermission",
            index=models.Index(fields=["content_object", "permission"], name="referral_grant_holders"),
        ),
    ]
